"""What a wallet's statement knows and restored books do not: money that left after the moment that
they were restored to."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from core.db.database import Tx
from core.payments.reconciliation import days, statement
from core.payments.reconciliation.runs import Movement

# A provider's clock, and what was on its way at that moment.
BEFORE: Final = timedelta(minutes=10)


def unknown_to_books(
    tx: Tx,
    wallet: str,
    lines: Iterable[str],
    *,
    since: datetime,
    columns: Mapping[str, str] | None = None,
) -> list[Movement]:
    """The movements of a statement (CSV) by which money left since then and which are in no book:
    neither booked, nor of a payment that is open and whose status will be asked for. Raises
    WrongStatement."""
    of = days.of_tenant(tx, wallet, since.date())
    from_s = (since - BEFORE).timestamp()
    return [
        movement
        for movement in statement.read(lines, statement.Wallet(of.currency, of.zone), columns)
        if movement.amount_minor < 0 and movement.at_s >= from_s and not _is_known(tx, movement)
    ]


def _is_known(tx: Tx, movement: Movement) -> bool:
    row = tx.one(
        "SELECT 1 FROM provider_movement WHERE tenant_id = current_tenant() AND provider_txid = %s"
        " UNION ALL SELECT 1 FROM payment WHERE tenant_id = current_tenant()"
        " AND state IN ('submitted', 'pending', 'unknown', 'review', 'paid')"
        " AND (provider_id = %s OR reference::text = %s) LIMIT 1",
        (movement.txid, movement.txid, movement.reference),
    )
    return row is not None
