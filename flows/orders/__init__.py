"""Conversations about goods that a shop orders."""
