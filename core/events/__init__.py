"""What tenants are told of as it happens: whom, of what, and what became of it."""
