"""A list that people take away: its columns, and how its rows are read, a page at a time.

    MESSAGES = Listing(
        name="messages",
        title="Messages",
        permission="messages.look",
        api_scope="messages:read",
        columns=(Column("at", "When", "moment"), …),
        key="m.id",
        query="SELECT m.id, m.state FROM message m WHERE m.tenant_id = current_tenant()",
        dated="m.id",
        rows=_rows,
    )

A domain names it in `Domain.listings`. The rows come in the order of their keys, which never
change; so each row that is there all the time is in exactly one page.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents import table
from core.documents.table import Column
from core.security.keyring import Keyring

# A whole tenant, or the organisations that somebody may look at.
EVERYTHING: Final = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows, and how much of them. `since` and `until` bound their moments, the second is not
    in. `subject_id` is whose they are, where the list is about something. `organisations` None is
    all of the tenant. `whole`: names and numbers as they are, and not short and masked."""

    since: datetime | None
    until: datetime
    subject_id: uuid.UUID | None = None
    organisations: tuple[uuid.UUID, ...] | None = EVERYTHING
    whole: bool = False


# Makes rows of a document of rows of the query, in their order.
Rows = Callable[[Tx, Keyring, Wanted, Sequence[Row]], Sequence[table.Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`query` selects the key first, and ends in its WHERE; its parameters are `%(subject)s` and
    `%(organisations)s`. `dated` is what a row's moment is read from: a column of time, or one of
    time-ordered ids (`dated_by_id`). `permission` is the name of the console's that it takes,
    `api_scope` what a key of the API must have. `subject` says what `subject_id` is of, '' where
    the list needs none. `within` says that it can keep to organisations.
    """

    name: str
    title: str
    permission: str
    api_scope: str
    columns: tuple[Column, ...]
    key: str
    query: str
    dated: str
    rows: Rows
    dated_by_id: bool = True
    subject: str = ""
    within: bool = False

    def page(
        self, tx: Tx, keys: Keyring, wanted: Wanted, *, after: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[table.Row], uuid.UUID | None]:
        """The rows behind a key, and the last one's key; None where there were none."""
        found = tx.all(
            f"{self.query} AND {self._between()}"
            f" AND (%(after)s::uuid IS NULL OR {self.key} > %(after)s)"
            f" ORDER BY {self.key} LIMIT %(limit)s",
            {**_params(wanted), "after": after, "limit": limit},
        )
        if not found:
            return [], None
        last: uuid.UUID = found[-1][0]
        return self.rows(tx, keys, wanted, found), last

    def count(self, tx: Tx, wanted: Wanted) -> int:
        """How many rows there are, as of now."""
        query = f"SELECT count(*) FROM ({self.query} AND {self._between()}) counted"
        row = tx.one(query, _params(wanted))
        assert row is not None
        return int(row[0])

    def _between(self) -> str:
        since, until = "%(since)s::timestamptz", "%(until)s::timestamptz"
        if self.dated_by_id:
            since, until = f"uuid7_floor({since})", f"uuid7_floor({until})"
        begun = f"(%(since)s::timestamptz IS NULL OR {self.dated} >= {since})"
        return f"{begun} AND {self.dated} < {until}"


def _params(wanted: Wanted) -> dict[str, Any]:
    organisations = wanted.organisations
    return {
        "since": wanted.since,
        "until": wanted.until,
        "subject": wanted.subject_id,
        "organisations": None if organisations is None else list(organisations),
    }
