"""A statement of an account: found, noted in the trail, and written."""

import io
import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.audit.trail import record
from core.db.database import Tx
from core.money import statements
from core.people import people
from core.security.keyring import Keyring
from core.tenants import business
from engine.registry import Registry
from values import clock
from workers.documents.statement import Heading, write_statement

# Where nobody says from when: a month of it.
DAYS = 31
# Before there was any entry.
EARLIEST = date(2000, 1, 1)


def pdf(
    tx: Tx,
    keys: Keyring,
    flows: Registry,
    account_id: uuid.UUID,
    *,
    first: date | None,
    last: date | None,
    by: str,
    language: str = "",
    whole: bool = True,
) -> bytes | None:
    """The statement of an account from its first day to its last, both in, as a PDF in the language
    of whose it is, or in that one; None where there is no such account. Their name is short unless
    `whole`. That it was taken is a row of the trail.

    Raises StatementTooLong.
    """
    of = business.of_transaction(tx)
    today = clock.now(of.zone).date()
    last = min(max(last or today, EARLIEST), today)
    first = min(max(first or last - timedelta(days=DAYS - 1), EARLIEST), last)
    since, until = _begin(first, of.zone), _begin(last + timedelta(days=1), of.zone)
    found = statements.of_account(tx, account_id, since, until)
    if found is None:
        return None
    owner = people.get(tx, keys, found.owner_id) if found.owner_id is not None else None
    heading = Heading(
        business=of.name,
        owner=(owner.name if whole else owner.shown_name) if owner else "",
        account=f"{found.kind} {found.currency}",
        since=since,
        until=min(until, clock.now()),
        zone=of.zone,
        language=language or (owner.language if owner else "en"),
    )
    file = io.BytesIO()
    write_statement(found, heading, flows, file)
    detail = {"first": str(first), "last": str(last), "lines": len(found.lines)}
    record(tx, by, "take statement", account_id, detail)
    return file.getvalue()


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
