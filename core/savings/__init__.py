"""Savings groups."""
