"""People as lists of programs and staff have them: by their ids, a page at a time."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Filter, Listing, Wanted
from core.people.numbers import in_use
from core.security.keyring import Keyring
from values import names
from values.phone import masked

_COLUMNS = "id, name_sealed, language, roles, status, registered_at, created_at"


@dataclass(frozen=True, slots=True)
class Listed:
    """A person. `status` is active or frozen; `registered_at` is None until the first use."""

    id: uuid.UUID
    name: str
    language: str
    roles: tuple[str, ...]
    status: str
    registered_at: datetime | None
    created_at: datetime

    @property
    def shown_name(self) -> str:
        """How others see the name: "Jean B."."""
        return names.shown(self.name)

    @property
    def frozen(self) -> bool:
        return self.status == "frozen"


def page(
    tx: Tx,
    keys: Keyring,
    *,
    after: uuid.UUID | None,
    limit: int,
    ids: list[uuid.UUID] | None = None,
) -> list[Listed]:
    """People by their ids, the newest first, from behind an id on; of `ids` alone where given."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM subscriber WHERE tenant_id = current_tenant()"
        " AND (%(after)s::uuid IS NULL OR id < %(after)s)"
        " AND (%(ids)s::uuid[] IS NULL OR id = ANY (%(ids)s))"
        " ORDER BY id DESC LIMIT %(limit)s",
        {"after": after, "ids": ids, "limit": limit},
    )
    return [
        Listed(id, keys.open(sealed, id.bytes), language, tuple(roles), *rest)
        for id, sealed, language, roles, *rest in rows
    ]


def _rows(
    _tx: Tx, keys: Keyring, wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    rows = []
    for id, name_sealed, number_sealed, language, roles, status, registered_at, created_at in found:
        name = keys.open(name_sealed, id.bytes)
        number = keys.open(number_sealed, id.bytes) if number_sealed is not None else ""
        rows.append(
            (
                str(id),
                name if wanted.whole else names.shown(name),
                number if wanted.whole else masked(number),
                *(language, ", ".join(roles), status, registered_at, created_at),
            )
        )
    return rows


PEOPLE: Final = Listing(
    name="people",
    title="People",
    permission="people.look",
    api_scope="people:read",
    columns=(
        Column("person", "Person", width=2),
        Column("name", "Name", width=1.5),
        Column("number", "Number", width=1.2),
        Column("language", "Language", width=0.8),
        Column("roles", "Roles"),
        Column("status", "Status", width=0.7),
        Column("registered_at", "Registered", "moment", width=1.2),
        Column("created_at", "Known since", "moment", width=1.2),
    ),
    key="s.id",
    query=(
        "SELECT s.id, s.name_sealed, n.identifier_sealed, s.language, s.roles, s.status,"
        " s.registered_at, s.created_at FROM subscriber s"
        f" LEFT JOIN LATERAL ({in_use('s.id')}) n ON true"
        " WHERE s.tenant_id = current_tenant()"
    ),
    dated="s.created_at",
    dated_by_id=False,
    rows=_rows,
    filters=(Filter("status", "s.status", ("active", "frozen")),),
)
