"""Payments by mobile money: what was asked of providers, and what became of it."""
