"""Sending messages through providers."""
