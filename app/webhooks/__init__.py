"""Webhooks: one path a provider, a kind of callback and a service."""
