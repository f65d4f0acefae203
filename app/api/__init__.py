"""APIs over HTTP, brought by their domains: `/api/v1` for a tenant's programs, and others' shapes."""
