"""Keys that derive from PIGA_KEY, and what they protect."""
