"""Conversations of agents and their customers."""
