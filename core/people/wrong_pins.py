"""Wrong PINs of many people: three tries a person do not stop who guesses at each of a thousand.

A person whose PIN was wrong, and has not been right since, is counted for a minute; but only
somebody who is worth a guess: here for a day, and with money or movements. So numbers that somebody
registers to be wrong with count for nothing. Above the tenant's number of such people each of them,
and nobody else, is held: their PIN is locked at once and not at the third wrong one. Somebody who
types the right PIN is never refused for what others did.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.security.keyring import Keyring

# A large tenant names more in its folder. Who mistyped and then got it right is not counted.
PEOPLE_A_MINUTE: Final = 30
COUNTED_S: Final = 60
HISTORY_AFTER_S: Final = 24 * 3_600
LISTED_MAXIMUM: Final = 1_000

_NOTE = (
    "INSERT INTO wrong_pin AS w (tenant_id, subscriber_id, has_history)"
    " SELECT s.tenant_id, s.id, s.created_at < now() - make_interval(secs => %(after_s)s)"
    "  AND EXISTS (SELECT 1 FROM account a WHERE a.tenant_id = s.tenant_id AND a.owner_id = s.id"
    "   AND (a.balance_minor > 0 OR EXISTS (SELECT 1 FROM posting p"
    "    WHERE p.tenant_id = a.tenant_id AND p.account_id = a.id)))"
    " FROM subscriber s WHERE s.tenant_id = current_tenant() AND s.id = %(id)s"
    " ON CONFLICT (tenant_id, subscriber_id)"
    " DO UPDATE SET wrong_at = now(), has_history = excluded.has_history"
    " RETURNING has_history"
)
_COUNTED = (
    " FROM wrong_pin w JOIN subscriber s ON s.tenant_id = w.tenant_id AND s.id = w.subscriber_id"
    " WHERE w.tenant_id = current_tenant()"
    " AND w.wrong_at > now() - make_interval(secs => %(within_s)s)"
    " AND w.has_history AND s.pin_attempts > 0"
)
_COUNT = f"SELECT count(*) FROM (SELECT 1{_COUNTED} LIMIT %(people)s + 1) many"
# Whose PIN is being tried at this moment is passed over: if that one is wrong, it is held next.
_HOLD = (
    f"WITH counted AS (SELECT s.id, s.pin_locks{_COUNTED}"
    "  AND (s.pin_locked_until IS NULL OR s.pin_locked_until <= now())"
    "  ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED),"
    " noted AS (UPDATE wrong_pin w SET held_at = now() FROM counted c"
    "  WHERE w.tenant_id = current_tenant() AND w.subscriber_id = c.id)"
    " UPDATE subscriber s SET pin_locks = c.pin_locks + 1, pin_locked_until ="
    "  now() + make_interval(secs => %(lock_s)s * 2 ^ least(c.pin_locks, 3))"
    " FROM counted c WHERE s.tenant_id = current_tenant() AND s.id = c.id"
    " RETURNING s.id, ceil(%(lock_s)s * 2 ^ least(c.pin_locks, 3) / 60.0)::integer"
)


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody whose PIN was locked because many people's were wrong, and for how long."""

    subscriber_id: uuid.UUID
    minutes: int


def count_wrong(
    tx: Tx, subscriber_id: uuid.UUID, *, people_a_minute: int, lock_s: int
) -> list[Held]:
    """Count a person whose PIN was wrong just now. Answers who is held from now on: nobody, unless
    more than so many people were wrong within the minute. One round trip, or two."""
    params = {
        "id": subscriber_id,
        "after_s": HISTORY_AFTER_S,
        "within_s": COUNTED_S,
        "people": people_a_minute,
        "lock_s": lock_s,
    }
    noted, counted = tx.pipeline((_NOTE, params), (_COUNT, params))
    has_history, count = noted.fetchone(), counted.fetchone()
    if not (has_history and has_history[0] and count and count[0] > people_a_minute):
        return []
    return [Held(*row) for row in tx.all(_HOLD, params)]


@dataclass(frozen=True, slots=True)
class WrongPin:
    """Somebody whose last PIN was wrong, for staff."""

    subscriber_id: uuid.UUID
    name: str
    wrong_at: datetime
    has_history: bool
    held_at: datetime | None
    is_locked: bool
    is_frozen: bool


def wrong_since(tx: Tx, keys: Keyring, *, hours: int, only_held: bool = False) -> list[WrongPin]:
    """Who had a wrong PIN within so many hours and no right one since, the latest first. Some of
    them just mistyped: `held_at` says whom the guard has held."""
    rows = tx.all(
        "SELECT s.id, s.name_sealed, w.wrong_at, w.has_history, w.held_at,"
        " coalesce(s.pin_locked_until > now(), false), s.status = 'frozen'"
        " FROM wrong_pin w"
        " JOIN subscriber s ON s.tenant_id = w.tenant_id AND s.id = w.subscriber_id"
        " WHERE w.tenant_id = current_tenant() AND s.pin_attempts > 0"
        " AND w.wrong_at > now() - make_interval(hours => %s)"
        " AND (NOT %s OR w.held_at IS NOT NULL)"
        " ORDER BY w.wrong_at DESC, s.id LIMIT %s",
        (hours, only_held, LISTED_MAXIMUM),
    )
    return [WrongPin(id, keys.open(sealed, id.bytes), *rest) for id, sealed, *rest in rows]
