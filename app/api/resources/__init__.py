"""What the API gives: one file a kind of thing, brought by its domain."""
