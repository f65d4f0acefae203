"""The same words to many people: who they are, what it takes, and what became of each."""
