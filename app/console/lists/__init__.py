"""Lists: every list that may be taken away, looked through on a page."""
