"""Walking every flow without a server, to look at every screen that a phone may show."""
