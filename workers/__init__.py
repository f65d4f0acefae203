"""Everything slow, scheduled or outward: the outbox's relay, the queues, sending, the schedule."""
