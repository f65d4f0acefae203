"""What is pushed to whoever looks on, as it happens."""
