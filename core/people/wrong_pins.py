"""Wrong PINs of many people: three tries a person do not stop who guesses at each of a thousand.

A person whose PIN was wrong, and has not been right since, is counted for a minute; but only
somebody who is worth a guess: here for a day, and with money or movements. So numbers that somebody
registers to be wrong with count for nothing. Above the tenant's number of such people each of them,
and nobody else, is held: their PIN is locked at once and not at the third wrong one. Somebody who
types the right PIN is never refused for what others did.

Who guesses slowly is held by nothing: an owner who forgot looks the same. Staff are alarmed, where
more people within a day had a wrong PIN and no right one since than the tenant's number for it, or
where one person had more wrong ones in a day than who forgot a PIN types before they call. Who
guesses more slowly still is looked for once an hour, by the week: `guessed_in_a_week`.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from core.db.database import Database, Tx
from core.security.keyring import Keyring

# A large tenant names more in its folder. Who mistyped and then got it right is not counted.
PEOPLE_A_MINUTE: Final = 30
COUNTED_S: Final = 60
PEOPLE_A_DAY: Final = 30
TIMES_A_DAY: Final = 6
DAY_S: Final = 24 * 3_600
PEOPLE_A_WEEK: Final = 60
WEEK_S: Final = 7 * DAY_S
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
    " DO UPDATE SET wrong_at = now(), has_history = excluded.has_history,"
    "  day_began_at = CASE WHEN w.day_began_at > now() - make_interval(secs => %(day_s)s)"
    "   THEN w.day_began_at ELSE now() END,"
    "  day_times = CASE WHEN w.day_began_at > now() - make_interval(secs => %(day_s)s)"
    "   THEN w.day_times + 1 ELSE 1 END"
    " RETURNING has_history, day_times"
)
_COUNTED = (
    " FROM wrong_pin w JOIN subscriber s ON s.tenant_id = w.tenant_id AND s.id = w.subscriber_id"
    " WHERE w.tenant_id = current_tenant()"
    " AND w.wrong_at > now() - make_interval(secs => {within})"
    " AND w.has_history AND s.pin_attempts > 0"
)
_IN_A_MINUTE = _COUNTED.format(within="%(within_s)s")
_IN_A_DAY = _COUNTED.format(within="%(day_s)s")
_IN_A_WEEK = _COUNTED.format(within="%(week_s)s")
_COUNT = (
    f"SELECT (SELECT count(*) FROM (SELECT 1{_IN_A_MINUTE} LIMIT %(people)s + 1) many),"
    f" (SELECT count(*) FROM (SELECT 1{_IN_A_DAY} LIMIT %(day_people)s + 1) many)"
)
# Whose PIN is being tried at this moment is passed over: if that one is wrong, it is held next.
_HOLD = (
    f"WITH counted AS (SELECT s.id, s.pin_locks{_IN_A_MINUTE}"
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


# `spread`: too many people in a minute; `slow`: too many in a day; `often`: one person in a day.
Guessing = Literal["spread", "slow", "often"]


@dataclass(frozen=True, slots=True)
class Levels:
    """How many people with a wrong PIN a tenant takes for slips."""

    people_a_minute: int = PEOPLE_A_MINUTE
    people_a_day: int = PEOPLE_A_DAY


LEVELS: Final = Levels()


@dataclass(frozen=True, slots=True)
class Counted:
    """Who is held from now on, and what staff are to be alarmed of."""

    held: tuple[Held, ...] = ()
    guessing: tuple[Guessing, ...] = ()


def count_wrong(tx: Tx, subscriber_id: uuid.UUID, *, levels: Levels, lock_s: int) -> Counted:
    """Count a person whose PIN was wrong just now. Nobody is held, unless more than so many people
    were wrong within the minute. One round trip, or two."""
    params = {
        "id": subscriber_id,
        "after_s": HISTORY_AFTER_S,
        "within_s": COUNTED_S,
        "people": levels.people_a_minute,
        "day_s": DAY_S,
        "day_people": levels.people_a_day,
        "lock_s": lock_s,
    }
    noted, counted = tx.pipeline((_NOTE, params), (_COUNT, params))
    has_history, day_times = noted.fetchone() or (False, 0)
    in_a_minute, in_a_day = counted.fetchone() or (0, 0)
    if not has_history:
        return Counted()
    guessing: list[Guessing] = []
    held: list[Held] = []
    if in_a_minute > levels.people_a_minute:
        held = [Held(*row) for row in tx.all(_HOLD, params)]
        if held:
            guessing.append("spread")
    elif in_a_day > levels.people_a_day:
        guessing.append("slow")
    if day_times > TIMES_A_DAY:
        guessing.append("often")
    return Counted(tuple(held), tuple(guessing))


@dataclass(frozen=True, slots=True)
class WrongPin:
    """Somebody whose last PIN was wrong, or who had many wrong ones in a day, for staff.
    `day_times` counts the wrong ones of a day, also those before a right one."""

    subscriber_id: uuid.UUID
    name: str
    wrong_at: datetime
    day_times: int
    has_history: bool
    held_at: datetime | None
    is_locked: bool
    is_frozen: bool


def wrong_since(tx: Tx, keys: Keyring, *, hours: int, only_held: bool = False) -> list[WrongPin]:
    """Who had a wrong PIN within so many hours and no right one since, or too many in a day, the
    latest first. Some of them just mistyped: `held_at` says whom the guard has held."""
    rows = tx.all(
        "SELECT s.id, s.name_sealed, w.wrong_at, w.day_times, w.has_history, w.held_at,"
        " coalesce(s.pin_locked_until > now(), false), s.status = 'frozen'"
        " FROM wrong_pin w"
        " JOIN subscriber s ON s.tenant_id = w.tenant_id AND s.id = w.subscriber_id"
        " WHERE w.tenant_id = current_tenant() AND (s.pin_attempts > 0 OR w.day_times > %s)"
        " AND w.wrong_at > now() - make_interval(hours => %s)"
        " AND (NOT %s OR w.held_at IS NOT NULL)"
        " ORDER BY w.wrong_at DESC, s.id LIMIT %s",
        (TIMES_A_DAY, hours, only_held, LISTED_MAXIMUM),
    )
    return [WrongPin(id, keys.open(sealed, id.bytes), *rest) for id, sealed, *rest in rows]


@dataclass(frozen=True, slots=True)
class GuessedAt:
    """A tenant of which more people than it takes for slips had a wrong PIN within a week, and no
    right one since."""

    tenant_id: uuid.UUID
    slug: str


def guessed_in_a_week(app: Database, relay: Database) -> list[GuessedAt]:
    """Look at all tenants: no turn does. `relay` looks across them, `app` acts within one. A
    tenant's number is its setting `wrong_pins_a_week`, or at least twice its number for a day."""
    with relay.transaction(None) as tx:
        many = tx.all(
            "SELECT tenant_id FROM wrong_pin WHERE wrong_at > now() - make_interval(secs => %s)"
            " GROUP BY tenant_id ORDER BY tenant_id",
            (WEEK_S,),
        )
    found = []
    for (tenant_id,) in many:
        with app.transaction(tenant_id) as tx:
            slug, settings = tx.all(
                "SELECT slug, settings FROM tenant WHERE id = current_tenant()"
            )[0]
            people = _people_a_week(settings)
            counted = tx.all(
                f"SELECT count(*) FROM (SELECT 1{_IN_A_WEEK} LIMIT %(people)s + 1) many",
                {"week_s": WEEK_S, "people": people},
            )
        if counted[0][0] > people:
            found.append(GuessedAt(tenant_id, slug))
    return found


def _people_a_week(settings: Mapping[str, Any]) -> int:
    a_day = max(int(settings.get(key, 0)) for key in ("wrong_pins_a_minute", "wrong_pins_a_day"))
    return int(settings.get("wrong_pins_a_week", max(PEOPLE_A_WEEK, 2 * a_day)))
