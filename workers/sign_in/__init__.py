"""Sending the codes that people sign in by."""
