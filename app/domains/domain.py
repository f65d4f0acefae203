"""What a domain brings to Piga, as one value."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from checks.scenario import Samples, combined
from core.approvals.kinds import Kind
from core.db.retention import Retention
from core.lifecycle import Lifecycle
from core.lists.listing import Listing
from core.lists.personal import HoldsBack, Personal
from core.metrics.figures import Figure
from core.money.operations import SettledLater
from core.money.purposes import Purpose
from core.money.verify import Check
from engine.flow import Flow
from engine.registry import EntryWords, Registry
from values.messages import Message
from workers.jobs.kinds import JobKind
from workers.schedule.tasks import Task

if TYPE_CHECKING:
    from flask import Blueprint

    from app.api.parts import ApiParts
    from core.manifest.section import PricedOperation, Section

T = TypeVar("T")

Sections = tuple["Section[Any]", ...]


def no_sections() -> Sections:
    """The sections of a domain that brings nothing to a tenant's folder."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A part of a business: savings, agents, lost cards.

    - `name`: how logs and commands call it; unique.
    - `flows`: its conversations, which menu trees find by their names; `entered_by_engine` are
      those of them that have nothing to do in a menu.
    - `entries`: the words of statements and receipts for the kinds of entries that it posts.
    - `messages`: the kinds of message that it sends.
    - `operations`: what money moves by that may be paid by mobile money (`SettledLater.settle`).
    - `checks`: what must be true of its rows, over all tenants (`piga ledger verify`).
    - `figures`: what is read of its rows for those who watch (`/metrics`).
    - `lifecycles`: the states that its rows go through.
    - `approvals`: kinds of request that two officers decide.
    - `purposes`: what people pay for with money that arrives from outside.
    - `retention`: how long its tables keep their rows.
    - `listings`: lists of its rows that people take away as files.
    - `personal`: what its tables hold of a person; `holds_back`: what of theirs has to end before
      somebody is erased.
    - `jobs`: kinds of job; `tasks`: what it does by the clock.
    - `sections`: makes its parts of a tenant's folder; called when a folder is read, since no turn
      needs what they are made of.
    - `samples`: what `piga check` lets its core answer.
    - `locales`: a folder of catalogues, `<language>/LC_MESSAGES/piga.po`, if it brings any.
    - `glossary`: a file of its own terms, as menus/glossary.yaml has Piga's; every text is held
      against the terms of all domains.
    - `pages`: its pages of the console, by the modules that have each as PAGE; imported when the
      console is opened first.
    - `api`: makes its views over HTTP, of what the web process has; called in that process.
    - `endpoints`: its endpoints of `/api/v1`, by the modules that have each as ENDPOINTS.
    - `migrations`: a folder of Alembic revisions on a branch of its own, if it brings tables.
    """

    name: str
    flows: tuple[type[Flow], ...] = ()
    entered_by_engine: frozenset[str] = frozenset()
    entries: Mapping[str, EntryWords] = field(default_factory=dict)
    messages: tuple[type[Message], ...] = ()
    operations: tuple[SettledLater, ...] = ()
    checks: tuple[Check, ...] = ()
    figures: tuple[Figure, ...] = ()
    lifecycles: tuple[Lifecycle, ...] = ()
    approvals: tuple[Kind, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    retention: tuple[Retention, ...] = ()
    listings: tuple[Listing, ...] = ()
    personal: tuple[Personal, ...] = ()
    holds_back: tuple[HoldsBack, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    tasks: tuple[Task, ...] = ()
    sections: Callable[[], Sections] = no_sections
    samples: Samples = field(default_factory=Samples)
    locales: Path | None = None
    glossary: Path | None = None
    pages: tuple[str, ...] = ()
    api: "Callable[[ApiParts], Blueprint] | None" = None
    endpoints: tuple[str, ...] = ()
    migrations: Path | None = None


class DomainConflict(Exception):
    """Two domains bring a thing of one name. The text names the thing and both domains."""


@dataclass(frozen=True, slots=True)
class Domains:
    """All domains of an installation, put together."""

    all: tuple[Domain, ...]
    flows: Registry
    messages: Mapping[str, type[Message]]
    operations: Mapping[str, SettledLater]
    jobs: Mapping[str, JobKind]
    approvals: Mapping[str, Kind]
    purposes: Mapping[str, Purpose]
    listings: Mapping[str, Listing]

    @classmethod
    def of(cls, domains: tuple[Domain, ...]) -> "Domains":
        """Put domains together. Raises DomainConflict."""
        _by_name("domain", domains, lambda domain: [(domain.name, domain)])
        return cls(
            all=domains,
            flows=Registry(
                _by_name("flow", domains, lambda domain: [(f.name, f) for f in domain.flows]),
                _by_name("kind of entry", domains, lambda domain: [*domain.entries.items()]),
            ),
            messages=_by_name(
                "message", domains, lambda domain: [(m.name, m) for m in domain.messages]
            ),
            operations=_by_name(
                "operation", domains, lambda domain: [(o.name, o) for o in domain.operations]
            ),
            jobs=_by_name("job", domains, lambda domain: [(j.name, j) for j in domain.jobs]),
            approvals=_by_name(
                "kind of request", domains, lambda domain: [(k.name, k) for k in domain.approvals]
            ),
            purposes=_by_name(
                "purpose", domains, lambda domain: [(p.name, p) for p in domain.purposes]
            ),
            listings=_by_name(
                "list", domains, lambda domain: [(one.name, one) for one in domain.listings]
            ),
        )

    @property
    def entered_by_engine(self) -> frozenset[str]:
        return frozenset[str]().union(*(domain.entered_by_engine for domain in self.all))

    @property
    def in_menus(self) -> frozenset[str]:
        """The names of the flows that may hang in a menu."""
        return frozenset(self.flows) - self.entered_by_engine

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for domain in self.all for check in domain.checks)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of all domains, each name once. Raises DomainConflict."""
        found = _by_name("figure", self.all, lambda domain: [(f.name, f) for f in domain.figures])
        return tuple(found.values())

    @property
    def lifecycles(self) -> tuple[Lifecycle, ...]:
        return tuple(one for domain in self.all for one in domain.lifecycles)

    @property
    def retention(self) -> tuple[Retention, ...]:
        return tuple(one for domain in self.all for one in domain.retention)

    @property
    def personal(self) -> tuple[Personal, ...]:
        """What all tables hold of a person, each table once."""
        found = _by_name(
            "personal data of", self.all, lambda domain: [(p.table, p) for p in domain.personal]
        )
        return tuple(found.values())

    @property
    def holds_back(self) -> tuple[HoldsBack, ...]:
        return tuple(one for domain in self.all for one in domain.holds_back)

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(task for domain in self.all for task in domain.tasks)

    @property
    def sections(self) -> Sections:
        """The parts of a tenant's folder, each after those that it adds to. Raises
        DomainConflict."""
        found = _by_name(
            "section", self.all, lambda domain: [(s.name, s) for s in domain.sections()]
        )
        return tuple(found.values())

    @property
    def priced_operations(self) -> "Mapping[str, PricedOperation]":
        """What a tenant's tables may set fees and limits for, by name."""
        return {one.name: one for section in self.sections for one in section.operations}

    @property
    def roles(self) -> tuple[str, ...]:
        """What somebody may be in a menu tree."""
        return tuple(role.name for section in self.sections for role in section.roles)

    @property
    def pages(self) -> tuple[str, ...]:
        """The modules of the console's pages."""
        return tuple(module for domain in self.all for module in domain.pages)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The modules of the API's endpoints."""
        return tuple(module for domain in self.all for module in domain.endpoints)

    @property
    def migrations(self) -> tuple[Path, ...]:
        """The folders of revisions beside the core's."""
        return tuple(one.migrations for one in self.all if one.migrations is not None)

    @property
    def glossaries(self) -> tuple[Path, ...]:
        """The files of terms beside Piga's own."""
        return tuple(one.glossary for one in self.all if one.glossary is not None)

    @property
    def samples(self) -> Samples:
        return Samples(
            answers={k: v for domain in self.all for k, v in domain.samples.answers.items()},
            scenarios=combined(s for domain in self.all for s in domain.samples.scenarios),
            values={k: v for domain in self.all for k, v in domain.samples.values.items()},
            goals={k: v for domain in self.all for k, v in domain.samples.goals.items()},
        )


def _by_name(
    what: str, domains: Iterable[Domain], brought: Callable[[Domain], Iterable[tuple[str, T]]]
) -> Mapping[str, T]:
    found: dict[str, T] = {}
    owners: dict[str, str] = {}
    for domain in domains:
        for name, thing in brought(domain):
            if name in found:
                both = f"{owners[name]} and {domain.name}"
                raise DomainConflict(f"the {what} {name} is brought by {both}")
            found[name], owners[name] = thing, domain.name
    return MappingProxyType(found)
