"""Finding documents: the polite scraper."""
