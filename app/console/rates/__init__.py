"""Rates: what is served, what is held, and margins."""
