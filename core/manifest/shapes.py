"""What a tenant's folder says, once it has been read and checked.

Ids are made of what things are called in the folder, so that applying it again finds the same rows.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.manifest.nodes import Faults, Place

# Where the body of a tariff holds the level of agents that it is for.
LEVEL = "level"

NAMESPACE = uuid.UUID("5b0a3f0e-1c55-4f0c-9d0e-7069676100fe")


def tenant_id_of(slug: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, slug)


def id_of(tenant_id: uuid.UUID, kind: str, *names: str) -> uuid.UUID:
    """The id of a thing of that kind by its name: a group's code, a person's key."""
    return uuid.uuid5(tenant_id, "/".join((kind, *names)))


Tree = dict[str, Any]
# A tree's problems, each with the way to it ("" for the whole tree) and one sentence.
Problems = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class House:
    """What the rest of the house knows and a folder is checked against.

    `check_tree(tree, languages)` answers the problems of a menu tree, `check_change(old, new)`
    those of putting one in another's place: keys that people know by heart and that would change
    their meaning. `pins` says whether PINs may be given, which is so in the demo only.
    """

    languages: tuple[str, ...]
    providers: tuple[str, ...]
    check_tree: Callable[[Tree, tuple[str, ...]], Problems]
    check_change: Callable[[Tree, Tree], Problems]
    pins: bool = False


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A service; `place` is where it stands, for faults that only the database can tell, and
    `menu` the file of its tree."""

    id: uuid.UUID
    provider: str
    channel: str
    code: str
    settings: dict[str, Any]
    tree: Tree
    menu: str
    place: Place


@dataclass(frozen=True, slots=True)
class TariffPlan:
    """A dated table. Its body says for which level of agents it is, if it is not for all."""

    id: uuid.UUID
    operation: str
    kind: str
    body: dict[str, Any]
    valid_from: datetime
    valid_to: datetime | None
    approved_by: str

    @property
    def level(self) -> str:
        return str(self.body.get(LEVEL, ""))


@dataclass(frozen=True, slots=True)
class OrganisationPlan:
    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class GroupPlan:
    id: uuid.UUID
    organisation_id: uuid.UUID
    code: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class AgentPlan:
    level: str
    code: str
    parent_id: uuid.UUID | None
    frozen_because: str
    place: Place


@dataclass(frozen=True, slots=True)
class Opening:
    """Money that somebody brings along: posted once, never again and never changed."""

    kind: str
    group_id: uuid.UUID | None
    amount_minor: int
    place: Place

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.group_id}" if self.group_id else self.kind


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """Somebody known to the tenant. `pin`, `language`, `birth_year` and `frozen_because` are for
    their first time only: from then on they are the person's, or staff's, to change."""

    id: uuid.UUID
    key: str
    name: str
    phones: tuple[str, ...]
    language: str
    roles: tuple[str, ...]
    pin: str = field(repr=False)
    birth_year: int | None
    frozen_because: str
    group_ids: tuple[uuid.UUID, ...]
    openings: tuple[Opening, ...]
    agent: AgentPlan | None
    place: Place


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A tenant's whole folder."""

    id: uuid.UUID
    slug: str
    name: str
    country: str
    calling_code: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]
    settings: dict[str, Any]
    services: tuple[ServicePlan, ...]
    tariffs: tuple[TariffPlan, ...]
    organisations: tuple[OrganisationPlan, ...]
    groups: tuple[GroupPlan, ...]
    people: tuple[PersonPlan, ...]
    hash: str
    place: Place
    faults: Faults
