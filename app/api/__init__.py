"""APIs over HTTP, brought by their domains: `/api/v1` for programs, and shapes of others."""
