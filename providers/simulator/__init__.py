"""What every fake company is made of: a loopback server, a clock, addresses of our webhooks."""
