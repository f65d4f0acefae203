"""What is due by the clock."""
