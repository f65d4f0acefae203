"""Rates over HTTP, in the shape of the provider that people know it from."""
