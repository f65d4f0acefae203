"""Programs of a tenant that use the API: their keys, and what they were answered."""
