"""Telling tenants what happened."""
