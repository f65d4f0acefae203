"""What a table holds of a person: declared by its domain, handed out to who asks for it, and
what is left of it when the person is erased (core/erasure).

    CALLS = Personal(
        "call_back",
        whose="subscriber_id = %(person)s",
        shown=("id", "place", "state"),
        sealed={"address_sealed": "id"},
        hidden=("lookup",),
        goes=True,
    )

A domain names its declarations in `Domain.personal`. A test holds them against the schema: each
column that could hold personal data is declared, or listed as holding none.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from core.db.database import Tx
from core.documents.table import Column, Table, Value
from core.security.keyring import Keyring
from values.ids import made_at

ROWS_MAXIMUM: Final = 10_000


@dataclass(frozen=True, slots=True)
class Personal:
    """`whose` is the SQL condition that finds a person's rows, by `%(person)s`; '' where nobody can
    be named by their row. `shown` are columns that are handed out as they are, `sealed` those that
    are opened first, each with the column whose bytes it is bound to. `hidden` are keyed hashes,
    and what is sealed for the server alone: they are personal, and say nothing to anybody.

    When a person is erased, their rows go (`goes`), or stay for the reason that `kept` gives, in
    words for who asks: then `emptied` are the columns that lose what they had, each with the SQL
    expression of what is there instead. `also` are statements of the domain's own beside. All of
    them may name `%(person)s`, `%(names)s` (every form of the person's name, as an array) and
    `%(no_name)s` (what stands for the name from then on, sealed for the person).
    """

    table: str
    whose: str = ""
    shown: tuple[str, ...] = ()
    sealed: Mapping[str, str] = field(default_factory=dict, hash=False)
    hidden: tuple[str, ...] = ()
    goes: bool = False
    kept: str = ""
    emptied: Mapping[str, str] = field(default_factory=dict, hash=False)
    also: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is declared."""
        return (*self.shown, *self.sealed, *self.hidden)

    @property
    def handed_out(self) -> tuple[str, ...]:
        """The columns of what is handed out, by their names there."""
        return (*self.shown, *(name.removesuffix("_sealed") for name in self.sealed))


@dataclass(frozen=True, slots=True)
class HoldsBack:
    """What has to end before somebody is erased: `query` finds a row where it has not, by
    `%(person)s`; `because` says what it is, as a sentence for officers."""

    because: str
    query: str


# What stands in place of a keyed hash that may not be empty: it finds nobody.
NO_LOOKUP: Final = "uuid_send(gen_random_uuid())"
# What stands in place of sealed bytes that may not be empty.
NO_BYTES: Final = "''::bytea"


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds of somebody. `cut` says that there is more than was read."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]] = field(repr=False)
    cut: bool = False


def held(
    tx: Tx, keys: Keyring, declared: Sequence[Personal], person_id: uuid.UUID
) -> Iterator[Held]:
    """What the tables hold of a person, table by table; those that hold nothing are left out."""
    for one in declared:
        if not one.whose or not one.handed_out:
            continue
        bound = tuple(dict.fromkeys(one.sealed.values()))
        names = ", ".join((*one.shown, *one.sealed, *bound))
        found = tx.all(
            f"SELECT {names} FROM {one.table} WHERE tenant_id = current_tenant() AND {one.whose}"
            f" LIMIT {ROWS_MAXIMUM + 1}",
            {"person": person_id},
        )
        rows = [_opened(one, keys, bound, row) for row in found[:ROWS_MAXIMUM]]
        if rows:
            yield Held(one.table, one.handed_out, rows, len(found) > ROWS_MAXIMUM)


def _opened(
    one: Personal, keys: Keyring, bound: tuple[str, ...], row: Sequence[Any]
) -> tuple[Any, ...]:
    plain, rest = row[: len(one.shown)], row[len(one.shown) :]
    contexts = dict(zip(bound, rest[len(one.sealed) :], strict=True))
    opened = []
    for sealed, by in zip(rest, one.sealed.values(), strict=False):
        context = contexts[by]
        context = context.bytes if isinstance(context, uuid.UUID) else bytes(context)
        opened.append(None if sealed is None else keys.open(sealed, context))
    return (*plain, *opened)


def as_json(found: Sequence[Held], person_id: uuid.UUID, as_at: datetime) -> bytes:
    """All of it as one JSON object: by table, each row by its columns."""
    said = {
        "person": str(person_id),
        "as_at": as_at.isoformat(timespec="seconds"),
        "held": {
            one.table: [dict(zip(one.columns, row, strict=True)) for row in one.rows]
            for one in found
        },
        "cut": [one.table for one in found if one.cut],
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2, default=str)


def as_tables(found: Sequence[Held]) -> list[Table]:
    """All of it as tables of a document."""
    return [
        Table(
            one.table.replace("_", " "),
            tuple(Column(name, name.replace("_", " ")) for name in one.columns),
            [tuple(_value(value) for value in row) for row in one.rows],
        )
        for one in found
    ]


def _value(value: Any) -> Value:
    match value:
        case None | str() | datetime():
            return value
        case bool():
            return "yes" if value else "no"
        case uuid.UUID():
            # Ids of ours tell when they were made; others have no time in them.
            return (
                f"{value} ({made_at(value):%Y-%m-%d %H:%M} UTC)"
                if value.version == 7
                else str(value)
            )
        case list():
            return ", ".join(map(str, value))
        case dict():
            return orjson.dumps(value).decode()
    return str(value)
