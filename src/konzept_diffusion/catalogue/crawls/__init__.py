"""From a crawl to the catalogue: what is new, which version it is, what waits for a person."""
