"""Money in and out, and what proves it."""
