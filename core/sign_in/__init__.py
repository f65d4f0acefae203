"""People who sign in to a tenant's own application: by a one-time code, then by tokens."""
