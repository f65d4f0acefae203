"""Frankfurter's reference rates. README.md says what is known of the wire."""

NAME = "frankfurter"
