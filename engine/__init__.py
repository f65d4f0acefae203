"""What every flow stands on: the state machine, the session, and the turn."""
