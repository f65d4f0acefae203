"""Broadcasts: the same words to many."""
