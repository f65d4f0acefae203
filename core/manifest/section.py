"""What a domain brings to a tenant's folder: a `Section`, and what it is read and applied with.

The folder's own code names no domain. `app` puts the sections together and hands them down to
`read_manifest`; a section reaches another one only by naming it, as its dependency.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from core.manifest.faults import Faults

if TYPE_CHECKING:
    from pathlib import Path

    from core.manifest.changes import Change, Site
    from core.manifest.entry import Entry

T = TypeVar("T")

Tree = dict[str, Any]
# A tree's problems, each with the way to it ("" for the whole tree) and one sentence.
Problems = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ManifestRules:
    """What a folder is checked against that the core does not know.

    `check_tree(tree, languages, roles)` gives the problems of a menu tree, `check_change(old, new)`
    those of putting one in another's place: keys that people know by heart and that would change
    their meaning. `settings_at(provider)` are those of a service there that its entry leaves open.
    `keeps` are the kinds of what is kept for a while, with the fewest and the most days.
    `pins` says whether PINs may be given, which is so in the demo only.
    """

    languages: tuple[str, ...]
    providers: tuple[str, ...]
    check_tree: Callable[[Tree, tuple[str, ...], tuple[str, ...]], Problems]
    check_change: Callable[[Tree, Tree], Problems]
    settings_at: Callable[[str], Mapping[str, Any]] = lambda _provider: {}
    keeps: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    pins: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody may be in a menu tree. `self_registered` says whether people who register on
    their own phone may get it."""

    name: str
    self_registered: bool = False


@dataclass(frozen=True, slots=True)
class PricedOperation:
    """An operation that a tenant's tables may set fees and limits for.

    `limits` are the names that the operation reads: a limit that nobody reads is refused, since
    nobody would keep it. `levels` are those of the people who do it, the highest first, where a
    table may be for one of them. Where the fee is taken out of the amount (`fee_included`),
    something must be left of the least amount.
    """

    name: str
    limits: tuple[str, ...] = ("minimum", "maximum", "day_maximum")
    levels: tuple[str, ...] = ()
    fee_included: bool = False


@dataclass(slots=True)
class Reading:
    """A folder while it is read: what its parts are validated with (pydantic's context).

    `tenant_id`, `country` and the like are placeholders while tenant.yaml is wrong: then nothing
    is applied.
    """

    folder: "Path"
    rules: ManifestRules
    sections: "tuple[Section[Any], ...]"
    faults: Faults
    languages: tuple[str, ...]
    tenant_id: uuid.UUID = field(default_factory=lambda: uuid.UUID(int=0))
    country: str = ""
    currency: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    first_use: str = ""
    contents: dict[str, Any] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)  # by their files

    def of(self, section: "Section[T]") -> T | None:
        """What a section before says; None where its file is wrong."""
        return cast(T | None, self.contents.get(section.name))

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(role for section in self.sections for role in section.roles)

    @property
    def operations(self) -> dict[str, PricedOperation]:
        return {one.name: one for section in self.sections for one in section.operations}

    def extensions(self, name: str) -> "tuple[type[Entry], ...]":
        """The parts that sections add to the entry of that name."""
        found = (section.extends.get(name) for section in self.sections)
        return tuple(kind for kind in found if kind is not None)


def nothing_to_check(_reading: Reading) -> None:
    """The check of a section whose model says all."""


def nothing_to_apply(_site: "Site") -> "Iterable[Change]":
    """The changes of a section that writes nothing of its own."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Generic[T]):
    """A domain's part of a tenant's folder.

    Args:
        name: How others find its content, and what it is called in messages.
        file: Its file, such as `groups.yaml`; "" where it only adds fields to another's entries.
        adapter: Makes the pydantic type that the file's content is read as. A function of the
            reading, since its entries may have parts that other sections add.
        empty: The content where the folder has no such file.
        extends: Parts (`Entry` classes with optional fields) that it adds to an entry of another
            section, by the entry's name: "person", "opening".
        roles: The roles that it brings.
        operations: What tables of fees and limits may be for.
        check: Looks at the content beside that of other sections, once every file has been read
            without a fault; adds a fault at a place (`Entry.place`) for what does not fit.
        changes: Compares the content with the database and gives what is to be written. It only
            reads, and adds faults at places for what the database says cannot be.
    """

    name: str
    file: str = ""
    adapter: Callable[[Reading], TypeAdapter[T]] | None = None
    empty: Callable[[], T] | None = None
    extends: "Mapping[str, type[Entry]]" = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    operations: tuple[PricedOperation, ...] = ()
    check: Callable[[Reading], None] = nothing_to_check
    changes: "Callable[[Site], Iterable[Change]]" = nothing_to_apply


@dataclass(frozen=True, slots=True)
class Manifest:
    """A tenant's whole folder, read and checked."""

    id: uuid.UUID
    slug: str
    name: str
    country: str
    calling_code: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]
    settings: dict[str, Any]
    hash: str
    reading: Reading = field(repr=False)

    def of(self, section: Section[T]) -> T:
        """What a section of the folder says."""
        return cast(T, self.reading.contents[section.name])

    @property
    def faults(self) -> Faults:
        return self.reading.faults
