"""Messages to people and what became of them."""
