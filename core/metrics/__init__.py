"""What the processes count and time while they work, and what is read of the rows when asked."""
