"""Conversations about exchange rates."""
