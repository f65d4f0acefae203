"""Measurements, all of them by one command: `python -m bench`."""
