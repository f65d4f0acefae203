"""Turns, written down."""
