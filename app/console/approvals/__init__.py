"""What two persons decide."""
