"""Jobs that were given up on."""
