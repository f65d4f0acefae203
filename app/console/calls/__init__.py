"""Calls that were promised."""
