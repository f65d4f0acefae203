"""Money in and out: payments by mobile money, what providers moved, and what proves it."""
