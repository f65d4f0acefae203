"""Businesses and the services at which people reach them."""
