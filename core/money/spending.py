"""What somebody may pay in all for some time, beside the limits of each operation.

For a day after a new PIN, for example. It is counted where an intent is claimed, so that every
operation keeps it; a held sale counts from then on, whatever becomes of it.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from core.db.database import Tx
from core.money.errors import SpendingLimited
from values import clock
from values.money import Money

# An SQL condition; `who` is where the person's id stands.
IS_LIMITED: Final = (
    "EXISTS (SELECT 1 FROM spending_limit l WHERE l.tenant_id = current_tenant()"
    " AND l.subscriber_id = {who} AND l.until > now())"
)


def limit(tx: Tx, subscriber_id: uuid.UUID, limit_minor: int, *, for_s: int) -> datetime:
    """From now on, and for so many seconds, a person may pay this much in all. Answers until when.
    What was used of an earlier limit counts no more."""
    until = clock.now() + timedelta(seconds=for_s)
    tx.execute(
        "INSERT INTO spending_limit (tenant_id, subscriber_id, limit_minor, until)"
        " VALUES (current_tenant(), %s, %s, %s) ON CONFLICT (tenant_id, subscriber_id)"
        " DO UPDATE SET limit_minor = excluded.limit_minor, used_minor = 0, until = excluded.until",
        (subscriber_id, limit_minor, until),
    )
    return until


def count(tx: Tx, subscriber_id: uuid.UUID, amount: Money) -> None:
    """Count an amount of somebody who is limited. Raises SpendingLimited (params: limit_minor);
    the transaction is then to be rolled back."""
    row = tx.one(
        "SELECT limit_minor, used_minor FROM spending_limit WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND until > now() FOR UPDATE",
        (subscriber_id,),
    )
    if row is None:
        return  # over since it was looked at
    limit_minor, used_minor = row
    if used_minor + amount.amount_minor > limit_minor:
        raise SpendingLimited(limit_minor=limit_minor, currency=amount.currency)
    tx.defer(
        "UPDATE spending_limit SET used_minor = used_minor + %s"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (amount.amount_minor, subscriber_id),
    )
