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

A domain names it in `Domain.listings`. A file's rows come in the order of their keys, which never
change; so each row that is there all the time is in exactly one page. On a screen they come by key
or by a column (`look`), and only those that its filters let through, which a file keeps to as well.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

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
    all of the tenant. `whole`: names and numbers as they are, and not short and masked. `only` has
    the value of each filter that is set, by its column's name."""

    since: datetime | None
    until: datetime
    subject_id: uuid.UUID | None = None
    organisations: tuple[uuid.UUID, ...] | None = EVERYTHING
    whole: bool = False
    only: Mapping[str, str] = field(default_factory=dict)


class WrongLook(ValueError):
    """A filter, an order or a place in a list that it does not have."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`column` is the name of one of the list's, `sql` what is compared, answered by an index or
    within few rows. `choices` are its values; with none it is any words. They are literals of the
    query, so that a partial index is found by them."""

    column: str
    sql: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sort:
    """A column that rows may be ordered by, beside their key: `sql` of a Postgres `type`, never
    NULL, with an index of it and the key."""

    column: str
    sql: str
    type: Literal["bigint"] = "bigint"


@dataclass(frozen=True, slots=True)
class Order:
    """`by` is the name of a `Sort`'s column, or "" for the key. `place` is the last row's of the
    page before, as `Seen.place` has it."""

    by: str = ""
    backwards: bool = True
    place: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page of a list. `place` is where the next one goes on, "" where nothing is left."""

    rows: Sequence[table.Row]
    place: str


# Makes rows of a document of rows of the query, in their order.
Rows = Callable[[Tx, Keyring, Wanted, Sequence[Row]], Sequence[table.Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`query` selects the key first, and ends in its WHERE; its parameters are `%(subject)s` and
    `%(organisations)s`. `dated` is what a row's moment is read from: a column of time, or one of
    time-ordered ids (`dated_by_id`). `permission` is the name of the console's that it takes,
    `api_scope` what a key of the API must have. `subject` says what `subject_id` is of, '' where
    the list needs none. `within` says that it can keep to organisations. Its key is a time's, and
    so are the orders that are offered by it, where it is `dated_by_id`.
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
    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()

    def page(
        self, tx: Tx, keys: Keyring, wanted: Wanted, *, after: uuid.UUID | None, limit: int
    ) -> tuple[Sequence[table.Row], uuid.UUID | None]:
        """The rows behind a key, and the last one's key; None where there were none."""
        found = tx.all(
            f"{self._asked(wanted)}"
            f" AND (%(after)s::uuid IS NULL OR {self.key} > %(after)s)"
            f" ORDER BY {self.key} LIMIT %(limit)s",
            {**_params(wanted), "after": after, "limit": limit},
        )
        if not found:
            return [], None
        last: uuid.UUID = found[-1][0]
        return self.rows(tx, keys, wanted, found), last

    def check(self, wanted: Wanted) -> None:
        """Raises WrongLook for a filter, or a value of one, that the list does not have."""
        self._asked(wanted)

    def count(self, tx: Tx, wanted: Wanted) -> int:
        """How many rows there are, as of now."""
        query = f"SELECT count(*) FROM ({self._asked(wanted)}) counted"
        row = tx.one(query, _params(wanted))
        assert row is not None
        return int(row[0])

    def look(self, tx: Tx, keys: Keyring, wanted: Wanted, order: Order, *, limit: int) -> Seen:
        """A page for a screen. Raises WrongLook."""
        sort = self._sort(order.by)
        value, type = (sort.sql, sort.type) if sort else (self.key, "uuid")
        way, beyond = ("DESC", "<") if order.backwards else ("ASC", ">")
        by = f"{value} {way}" + (f", {self.key} {way}" if sort else "")
        params = {**_params(wanted), "limit": limit + 1}
        behind = ""
        if order.place:
            params |= _place(order.place, type)
            behind = f" AND ({value}, {self.key}) {beyond} (%(value)s::{type}, %(beyond)s::uuid)"
        query = self._asked(wanted).removeprefix("SELECT ")
        found = tx.all(f"SELECT {value}, {query}{behind} ORDER BY {by} LIMIT %(limit)s", params)
        shown = found[:limit]
        rows = self.rows(tx, keys, wanted, [row[1:] for row in shown]) if shown else []
        is_more = len(found) > limit
        return Seen(rows, f"{shown[-1][0]}~{shown[-1][1]}" if is_more else "")

    def _sort(self, by: str) -> Sort | None:
        if not by:
            return None
        for sort in self.sorts:
            if sort.column == by:
                return sort
        raise WrongLook(by)

    def _asked(self, wanted: Wanted) -> str:
        """The query of the rows that are wanted, as far as its WHERE. Raises WrongLook."""
        known = {one.column: one for one in self.filters}
        query = f"{self.query} AND {self._between()}"
        for column, value in wanted.only.items():
            one = known.get(column)
            if one is None or (one.choices and value not in one.choices):
                raise WrongLook(column)
            query += f" AND {one.sql} = " + (f"'{value}'" if one.choices else f"%(only_{column})s")
        return query

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
        **{f"only_{column}": value for column, value in wanted.only.items()},
    }


def _place(place: str, type: str) -> dict[str, Any]:
    """Raises WrongLook."""
    value, _, key = place.rpartition("~")
    try:
        return {
            "value": int(value) if type == "bigint" else uuid.UUID(value),
            "beyond": uuid.UUID(key),
        }
    except ValueError:
        raise WrongLook("place") from None
