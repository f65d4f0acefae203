"""Writing broadcasts, batch by batch."""
