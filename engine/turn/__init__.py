"""One inbound message and the reply to it, exactly once."""
