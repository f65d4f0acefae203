"""Fuel stations."""
