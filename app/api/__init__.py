"""APIs over HTTP, each brought by its domain."""
