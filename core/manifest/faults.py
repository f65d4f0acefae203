"""What is wrong with a tenant's folder, with the file and the line of each fault."""

from dataclasses import dataclass, field

FAULTS_SHOWN_MAXIMUM = 200


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, and where: `people.yaml:12: phones: not a phone number`."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class FolderFaults(Exception):
    """Everything that is wrong with a tenant's folder; nothing of it was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = sorted(set(faults))[:FAULTS_SHOWN_MAXIMUM]


@dataclass(slots=True)
class Faults:
    """Collects faults, so that all are shown at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, line: int, text: str) -> None:
        self.found.append(Fault(file, line, text))

    def raise_any(self) -> None:
        """Raises FolderFaults when there is a fault."""
        if self.found:
            raise FolderFaults(self.found)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its file, its line and the way to it, such as `[2].phones`."""

    file: str
    line: int
    path: str
    faults: Faults

    def fault(self, text: str) -> None:
        """Note that this value is wrong."""
        self.faults.add(self.file, self.line, f"{self.path}: {text}" if self.path else text)
