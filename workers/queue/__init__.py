"""RQ, the outbox relay and the turn log's drain."""
