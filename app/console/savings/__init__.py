"""Savings groups on the console."""
