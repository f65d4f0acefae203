"""Conversations of members of savings groups."""
