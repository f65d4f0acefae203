"""People: found, looked at, frozen, and given a new PIN by two."""
