"""People as lists of programs and staff have them: by their ids, a page at a time."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.db.database import Tx
from core.security.keyring import Keyring
from values import names

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
