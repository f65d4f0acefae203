"""Money in and out: what a payment is, and what proves one."""
