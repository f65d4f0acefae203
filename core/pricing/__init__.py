"""What a basket costs: rules, compiled once, and a price that explains itself. Pure."""
