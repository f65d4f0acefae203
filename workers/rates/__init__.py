"""Rates are asked for, kept, told."""
