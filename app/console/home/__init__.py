"""The first page: all that waits for somebody."""
