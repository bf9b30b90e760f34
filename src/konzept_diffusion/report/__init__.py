"""Tables and numbers of the paper, and the paper itself."""
