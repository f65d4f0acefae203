"""What a check finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: the room it is in, the place (a file, a node, a sentence), and what is wrong."""

    room: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.room}: {self.place}: {self.what}"
