"""What applying a folder would change: planned by reading alone, then written as planned."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from core.db.database import Tx
from core.manifest.section import Manifest, ManifestRules
from core.security.keyring import Keyring


class Stage(IntEnum):
    """When a change is written. Configuration is what every process reads again; money comes after
    all rows that it goes to, and a freeze after the money that it would stop."""

    CONFIGURATION = 0
    PEOPLE = 1
    MONEY = 2
    FREEZES = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is added, changed, closed or removed.

    `what` is its kind in the plural ("groups"), `name` what the folder calls it: a code or a key,
    never a person's name or number. `write` makes the change; it may raise FolderFaults.
    """

    verb: str
    what: str
    name: str
    write: Callable[[Tx], None]
    stage: Stage

    @property
    def kind(self) -> str:
        """Such as "people added"."""
        return f"{self.what} {self.verb}"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a manifest is compared with: a transaction of its tenant, which is only read in.

    `is_new` says that the tenant is not in the database.
    """

    tx: Tx
    keys: Keyring
    manifest: Manifest
    rules: ManifestRules
    is_new: bool
    may_renumber: bool = False
    # What staff has to hand over, once: the person's key and the code. For a terminal, not a log.
    handouts: dict[str, str] = field(default_factory=dict, repr=False)


def in_order(changes: Iterable[Change]) -> Sequence[Change]:
    """By stage; within one, as the sections gave them."""
    return sorted(changes, key=lambda change: change.stage)
