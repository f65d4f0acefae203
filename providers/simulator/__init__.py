"""What every fake company is made of: a network, handsets, an inbox, faults, a clock, a loopback
server, addresses of our webhooks."""
