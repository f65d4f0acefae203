"""Dated tables of fees and limits: shown, drafted, and published by two."""
