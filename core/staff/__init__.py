"""Staff: who works for a tenant, how they sign in, and what they may do where."""
