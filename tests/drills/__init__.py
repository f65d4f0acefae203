"""Drills: what is promised of a bad day, done for real and timed. `make drills`."""
