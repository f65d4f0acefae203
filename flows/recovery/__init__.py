"""Conversations of people who forgot their PIN."""
