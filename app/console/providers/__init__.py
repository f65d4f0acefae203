"""Providers: how texts go at each."""
