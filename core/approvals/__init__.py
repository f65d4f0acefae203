"""What two officers decide: one asks, another approves or refuses."""
