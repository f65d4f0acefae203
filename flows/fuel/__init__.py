"""Conversations of fuel."""
