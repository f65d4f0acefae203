"""Exceptions: money whose owner only a person can say."""
