"""What every adapter takes in and gives out, by kind."""
