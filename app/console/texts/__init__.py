"""The console's words in the languages of its staff."""
