"""Reading documents: text, kind, owner, dates."""
