"""The day sheets of agents."""
