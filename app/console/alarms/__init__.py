"""Alarms: what the house noticed, and calls for help."""
