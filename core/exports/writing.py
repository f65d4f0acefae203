"""The work of an export, in steps that each bear being done again: a page is read, or the file is
written of all that was read."""

import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from core.db.database import Database, Deadline, Tx
from core.documents.csv_file import write_csv
from core.documents.pdf_file import write_pdf
from core.documents.table import About, Row, Table
from core.documents.xlsx_file import write_xlsx
from core.exports import exports, parts
from core.exports.exports import EXPORT, ROWS_MAXIMUM, Export
from core.exports.packing import pack, unpack
from core.lists.listing import Listing
from core.security.keyring import Keyring
from core.tenants import business
from core.tenants.business import Business

PAGE_ROWS: Final = 1_000
STEP_DEADLINE_S: Final = 20.0


def read_page(tx: Tx, keys: Keyring, listing: Listing, found: Export) -> bool:
    """Read a page of a locked export that is `reading`; False once there is no more to read, and
    the file can be written."""
    if found.rows_expected is None:
        count = listing.count(tx, found.wanted)
        if count > ROWS_MAXIMUM[found.format]:
            exports.fail(tx, found.id, _too_many(found, count))
            return False
        _note_expected(tx, found.id, count)
    after = found.last_key
    rows, last = listing.page(tx, keys, found.wanted, after=after, limit=PAGE_ROWS)
    if last is not None:
        parts.put_rows(tx, keys, found.id, found.parts, pack(rows))
        tx.execute(
            "UPDATE export SET last_key = %s, rows_read = rows_read + %s, parts = parts + 1"
            " WHERE tenant_id = current_tenant() AND id = %s",
            (last, len(rows), found.id),
        )
    if len(rows) == PAGE_ROWS:
        return True
    tx.execute(EXPORT.advance("write", where="id = %s"), (found.id,))
    return False


def _note_expected(tx: Tx, export_id: uuid.UUID, count: int) -> None:
    tx.execute(
        "UPDATE export SET rows_expected = %s WHERE tenant_id = current_tenant() AND id = %s",
        (count, export_id),
    )


def _too_many(found: Export, count: int) -> str:
    limit = ROWS_MAXIMUM[found.format]
    other = "a shorter time" if found.format == "csv" else "CSV, or a shorter time"
    return (
        f"It would have {count:,} rows, and {found.format.upper()} has {limit:,} at most:"
        f" ask for {other}."
    )


def write_file(
    database: Database,
    keys: Keyring,
    tenant_id: uuid.UUID,
    listing: Listing,
    found: Export,
    *,
    with_it: Callable[[Tx, bool], None] | None = None,
) -> None:
    """Write the file of an export that is `writing`, and keep it; `with_it` is done in the same
    transaction, and told whether it was kept by this call. Done at once by two, it is kept once.
    Nothing is held meanwhile but a file without a name, which is gone with the process."""
    with database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        of = business.of_transaction(tx)
    with tempfile.TemporaryFile() as file:
        rows = _rows(database, keys, tenant_id, found.id)
        _write(about(listing, found, of), Table(listing.title, listing.columns, rows), found, file)
        with database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            was_new = exports.get(tx, found.id, lock=True).state == "writing"
            if was_new:
                size = parts.put_file(tx, keys, found.id, file)
                sets = "file_bytes = %s, ended_at = now()"
                tx.execute(EXPORT.advance("finish", sets=sets, where="id = %s"), (size, found.id))
            if with_it is not None:
                with_it(tx, was_new)


def _rows(
    database: Database, keys: Keyring, tenant_id: uuid.UUID, export_id: uuid.UUID
) -> Iterator[Row]:
    for packed in parts.read(database, keys, tenant_id, export_id, "rows"):
        yield from unpack(packed)


def _write(about: About, table: Table, found: Export, file: BinaryIO) -> None:
    match found.format:
        case "csv":
            write_csv(about, table, file)
        case "xlsx":
            write_xlsx(about, [table], file)
        case "pdf":
            write_pdf(about, [table], file)


def about(listing: Listing, found: Export, of: Business) -> About:
    """What the file says of itself: which rows, as at when, in which units."""
    wanted = found.wanted
    since = f"from {_at(wanted.since, of.zone)}" if wanted.since else "from the beginning"
    zone = "UTC" if found.format == "csv" else str(of.zone)
    return About(
        listing.title,
        of.name,
        (
            f"{since} to {_at(wanted.until, of.zone)} ({of.zone})",
            f"as at {_at(found.created_at, of.zone)}",
            *(f"{column}: {value}" for column, value in wanted.only.items()),
            f"amounts in each currency's own unit, as 12.50 KES; times in {zone}",
        ),
        of.zone,
    )


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def run(
    database: Database, keys: Keyring, tenant_id: uuid.UUID, listing: Listing, export_id: uuid.UUID
) -> Iterator[Export]:
    """Do all of an export that no job does, and answer it after each page."""
    more = True
    while more:
        with database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            more = read_page(tx, keys, listing, exports.get(tx, export_id, lock=True))
            found = exports.get(tx, export_id)
        yield found
    if found.state == "writing":
        write_file(database, keys, tenant_id, listing, found)
    with database.transaction(tenant_id) as tx:
        found = exports.get(tx, export_id)
    yield found
