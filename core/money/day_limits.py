"""What a person may pay by an operation on a day: counted with what is paid, and refused beyond.

An intent's own limit is counted in the statement that claims it (`core/money/intents.py`); others
in one round trip here.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from core.db.database import Tx
from core.money.errors import LimitReached

# Added to what was used of a day, where it fits.
ADD_TO_DAY = (
    " ON CONFLICT (tenant_id, subscriber_id, operation, day) DO UPDATE"
    " SET count = u.count + 1, amount_minor = u.amount_minor + excluded.amount_minor"
    " WHERE u.amount_minor + excluded.amount_minor <= {limit} RETURNING 1"
)


@dataclass(frozen=True, slots=True)
class DayLimit:
    """What a person may pay by an operation on a day, in minor units."""

    day: date
    limit_minor: int


@dataclass(frozen=True, slots=True)
class Usage:
    """An amount to be counted towards a day's limit of a person and an operation."""

    subscriber_id: uuid.UUID
    operation: str
    day: date
    amount_minor: int
    limit_minor: int


_COUNT = (
    "INSERT INTO usage_day AS u (tenant_id, subscriber_id, operation, day, count, amount_minor)"
    " SELECT current_tenant(), %(who)s, %(operation)s, %(day)s, 1, %(amount)s"
    " WHERE %(amount)s::bigint <= %(limit)s::bigint" + ADD_TO_DAY.format(limit="%(limit)s")
)


def count(tx: Tx, *usages: Usage, currency: str) -> None:
    """Count amounts towards their limits, all in one round trip.

    Raises LimitReached (params: limit_minor); the transaction is then to be rolled back.
    """
    if not usages:
        return
    cursors = tx.pipeline(
        *(
            (
                _COUNT,
                {
                    "who": usage.subscriber_id,
                    "operation": usage.operation,
                    "day": usage.day,
                    "amount": usage.amount_minor,
                    "limit": usage.limit_minor,
                },
            )
            for usage in usages
        )
    )
    for usage, cursor in zip(usages, cursors, strict=True):
        if cursor.fetchone() is None:
            raise LimitReached(limit_minor=usage.limit_minor, currency=currency)


def give_back(
    tx: Tx, subscriber_id: uuid.UUID, operation: str, day: date, amount_minor: int
) -> None:
    """What was counted came to nothing: that day has room for it again. With the COMMIT."""
    tx.defer(
        "UPDATE usage_day SET count = count - 1, amount_minor = amount_minor - %s"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND operation = %s"
        " AND day = %s AND count > 0 AND amount_minor >= %s",
        (amount_minor, subscriber_id, operation, day, amount_minor),
    )
