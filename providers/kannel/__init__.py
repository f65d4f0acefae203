"""Kannel: texts through somebody's SMS gateway. Wire facts and their sources are in README.md."""

NAME = "kannel"
