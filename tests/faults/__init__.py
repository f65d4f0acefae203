"""Money conversations while processes are killed at random: nothing lost, nothing doubled."""
