"""Documents that people are given, in their own language."""
