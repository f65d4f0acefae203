"""Conversations about loans of savings groups."""
