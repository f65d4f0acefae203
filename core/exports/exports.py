"""Exports: asked for, read page by page, written in one go, taken.

    reading ──► writing ──► ready
       └───────────┴──────► failed

What is promised: every row that was committed when it was asked for, and fits, is in the file
exactly once, unless it was deleted meanwhile. Each row is as it was when its page was read, within
`created_at` and `ended_at`: facts never change, and a state may be the one of a moment later.
Killed at any moment, reading goes on behind the last page that was committed.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, cast

import orjson

from core.audit.trail import record
from core.db.connection import Row
from core.db.database import Tx
from core.exports.errors import NoSuchExport, NotReady, TooManyExports, WrongExport
from core.lifecycle import Lifecycle
from core.lists.listing import Listing, Wanted, WrongLook
from core.outbox import outbox
from values import clock
from values.ids import uuid7
from values.messages import Priority

EXPORT: Final = Lifecycle(
    "export",
    initial="reading",
    transitions=[
        ["write", "reading", "writing"],
        ["finish", "writing", "ready"],
        ["fail", ["reading", "writing"], "failed"],
    ],
)
JOB: Final = "export"
LISTED: Final = 50
AT_ONCE_MAXIMUM: Final = 5
# Ids have no time before it (RFC 9562): whoever names an earlier day wants all there is.
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
# So that what was written within this very moment, by another host's clock, is in.
_CLOCKS_DIFFER: Final = timedelta(seconds=1)

Format = Literal["csv", "xlsx", "pdf"]
MEDIA_TYPES: Final[Mapping[Format, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# What a program opens, and what is written within a job's time.
ROWS_MAXIMUM: Final[Mapping[Format, int]] = {"csv": 500_000, "xlsx": 100_000, "pdf": 10_000}


@dataclass(frozen=True, slots=True)
class Export:
    """One export. `rows_expected` None: it was not begun. `reason` says why one failed."""

    id: uuid.UUID
    listing: str
    format: Format
    wanted: Wanted = field(repr=False)
    asked_by: str
    state: str
    reason: str | None
    rows_expected: int | None
    rows_read: int
    parts: int
    last_key: uuid.UUID | None
    file_bytes: int | None
    created_at: datetime
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in ("reading", "writing")

    @property
    def file_name(self) -> str:
        return f"{self.listing}-{self.created_at:%Y-%m-%d}-{self.id.hex[-6:]}.{self.format}"

    @property
    def percent(self) -> int:
        """How far it is, of 100."""
        if not self.is_open:
            return 100
        share = self.rows_read / self.rows_expected if self.rows_expected else 0
        return min(99, int(share * 95))


_COLUMNS = (
    "id, listing, format, wanted, asked_by, state, reason, rows_expected, rows_read, parts,"
    " last_key, file_bytes, created_at, ended_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM export WHERE tenant_id = current_tenant()"


def ask(
    tx: Tx,
    listing: Listing,
    format: Format,
    wanted: Wanted,
    *,
    by: str,
    reason: str = "",
    enqueued: bool = True,
) -> Export:
    """Ask for an export of a list; a job writes it, unless not `enqueued`: then who asks does
    (`writing.run`). `by` is who asks, as the trail calls them; whole names and numbers need a
    reason.

    Raises WrongExport, TooManyExports.
    """
    if listing.subject and wanted.subject_id is None:
        raise WrongExport(f"{listing.title}: say of which {listing.subject}.")
    try:
        listing.check(wanted)
    except WrongLook as wrong:
        raise WrongExport(f"{listing.title} cannot be looked through by that.") from wrong
    if not listing.within and wanted.organisations is not None:
        raise WrongExport(f"{listing.title} is a list of the whole business.")
    if wanted.since is not None and wanted.since < BEGINNING:
        wanted = replace(wanted, since=None)
    if wanted.until <= (wanted.since or BEGINNING):
        raise WrongExport("It would begin behind its end.")
    reason = " ".join(reason.split())
    if wanted.whole and not reason:
        raise WrongExport("Say why whole names and numbers are needed.")
    # Of two that are asked for at once one is counted before the other.
    tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(current_tenant()::text || %s, 0))",
        (f"export {by}",),
    )
    row = tx.one(
        "SELECT count(*) FROM export WHERE tenant_id = current_tenant() AND asked_by = %s"
        " AND state IN ('reading', 'writing')",
        (by,),
    )
    if row is not None and row[0] >= AT_ONCE_MAXIMUM:
        raise TooManyExports
    row = tx.one(
        "INSERT INTO export (tenant_id, id, listing, format, wanted, asked_by)"
        f" VALUES (current_tenant(), %s, %s, %s, %s, %s) RETURNING {_COLUMNS}",
        (uuid7(), listing.name, format, orjson.dumps(_plain(wanted)).decode(), by),
    )
    assert row is not None
    made = _export(row)
    detail = {"list": listing.name, "format": format, **_plain(wanted)}
    record(tx, by, "ask for export", made.id, detail | ({"reason": reason} if reason else {}))
    if enqueued:
        outbox.write(tx, kind=JOB, subject_id=made.id, priority=Priority.BULK.value)
    return made


def until_now() -> datetime:
    """The bound of what is there at this moment."""
    return clock.now() + _CLOCKS_DIFFER


def get(tx: Tx, export_id: uuid.UUID, *, lock: bool = False) -> Export:
    """Raises NoSuchExport."""
    row = tx.one(f"{_SELECT} AND id = %s{' FOR UPDATE' if lock else ''}", (export_id,))
    if row is None:
        raise NoSuchExport
    return _export(row)


def of(tx: Tx, export_id: uuid.UUID, by: str) -> Export:
    """An export of theirs: somebody else's is none. Raises NoSuchExport."""
    found = get(tx, export_id)
    if found.asked_by != by:
        raise NoSuchExport
    return found


def listed(
    tx: Tx, by: str, *, before: uuid.UUID | None = None, limit: int = LISTED
) -> list[Export]:
    """Somebody's exports, the newest first; from one backwards."""
    rows = tx.all(
        f"{_SELECT} AND asked_by = %(by)s AND (%(before)s::uuid IS NULL OR id < %(before)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        {"by": by, "before": before, "limit": limit},
    )
    return [_export(row) for row in rows]


def take(tx: Tx, export_id: uuid.UUID, by: str) -> Export:
    """An export of theirs whose file is about to be handed over, which is noted in the trail.
    Raises NoSuchExport, NotReady."""
    found = of(tx, export_id, by)
    if found.state != "ready":
        raise NotReady
    detail = {"list": found.listing, "format": found.format, "rows": found.rows_read}
    record(tx, by, "take export", found.id, detail)
    return found


def fail(tx: Tx, export_id: uuid.UUID, reason: str) -> None:
    """It cannot be written; the text says why. What was read of it is dropped."""
    tx.execute(
        EXPORT.advance("fail", sets="reason = %s, ended_at = now()", where="id = %s"),
        (reason, export_id),
    )
    tx.execute(
        "DELETE FROM export_part WHERE tenant_id = current_tenant() AND export_id = %s",
        (export_id,),
    )


def _plain(wanted: Wanted) -> dict[str, Any]:
    return {
        "since": wanted.since and wanted.since.isoformat(),
        "until": wanted.until.isoformat(),
        "subject": wanted.subject_id and str(wanted.subject_id),
        "organisations": wanted.organisations and [str(each) for each in wanted.organisations],
        "whole": wanted.whole,
        "only": dict(wanted.only),
    }


def _export(row: Row) -> Export:
    id, listing, format, plain, *rest = row
    organisations, subject = plain["organisations"], plain["subject"]
    wanted = Wanted(
        since=datetime.fromisoformat(plain["since"]) if plain["since"] else None,
        until=datetime.fromisoformat(plain["until"]),
        subject_id=uuid.UUID(subject) if subject else None,
        organisations=tuple(map(uuid.UUID, organisations)) if organisations is not None else None,
        whole=plain["whole"],
        only=plain.get("only", {}),
    )
    return Export(id, listing, cast(Format, format), wanted, *rest)
