"""What is kept: WARC files, replay, state, tables, dates from web archives."""
