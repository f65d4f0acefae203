"""Simulations that are too long for the suite: `python -m tests.simulations`."""
