"""Payments by mobile money: asked for, and asked about until it is known what became of them."""
