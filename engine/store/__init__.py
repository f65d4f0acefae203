"""Sessions between two turns."""
