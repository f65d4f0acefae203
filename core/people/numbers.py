"""A person's numbers: which one is in use, which were taken out, and how new a SIM is.

Texts and codes go to the number in use: the one where the person last proved who they are, by
registering or by a right PIN; else the newest that they were given. Never to one that was taken
out. A dial alone moves nothing, since the holder of a recycled number may dial.

Where another SIM may have come to a number (staff gave it to somebody who was known already, or the
network says that it changed), it is new for a while: no code is texted to it, and it agrees to
nothing.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.audit.trail import record
from core.db.connection import BINARY, TEXT, Prepared, Row
from core.db.database import Tx
from core.people.errors import (
    AlreadyRegistered,
    MoneyWaits,
    NumberIsNew,
    NumberIsNotTheirs,
    NumberIsTheirs,
    NumberTakenOut,
    TooManyPeople,
)
from core.people.people import (
    PEOPLE_A_PHONE_MAXIMUM,
    USSD,
    GivenBy,
    Person,
    add_address,
    get,
    lock_address,
)
from core.people.pins import GIVE_GUESSES_BACK
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock

NEW_SIM_H = 72  # unless a tenant says otherwise: `new_sim_h`


def in_use(subscriber: str, *, also: str = "") -> str:
    """The number that a person is texted at, in SQL: sealed, and its keyed hash. `subscriber` is an
    expression, `also` a further condition on the address `a`."""
    return (
        "SELECT a.identifier_sealed, a.lookup FROM address a"
        f" WHERE a.tenant_id = current_tenant() AND a.subscriber_id = {subscriber}"
        f" AND a.channel = '{USSD}' AND a.detached_at IS NULL{also}"
        " ORDER BY a.used_at DESC NULLS LAST, a.created_at DESC, a.lookup LIMIT 1"
    )


def was_used(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, address: str) -> None:
    """The person proved here who they are: from now on this number is in use. With the COMMIT, and
    written only where it is news."""
    tx.defer_run(_USE, (USSD.encode(), keys.lookup(USSD, address), subscriber_id.bytes))


def pin_was_right_at(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, address: str) -> None:
    """`pins.pin_was_right` and `was_used`, in one statement: a PIN is typed at every payment."""
    lookup, who = keys.lookup(USSD, address), subscriber_id.bytes
    tx.defer_run(_USE_AND_GIVE_BACK, (USSD.encode(), lookup, who))


_USED = (
    "UPDATE address a SET used_at = now() WHERE a.tenant_id = current_tenant()"
    " AND a.channel = $1 AND a.lookup = $2 AND a.subscriber_id = $3"
    " AND (a.used_at IS NULL OR a.used_at < now() - interval '1 day'"
    " OR EXISTS (SELECT 1 FROM address o WHERE o.tenant_id = a.tenant_id"
    "  AND o.subscriber_id = a.subscriber_id AND o.used_at > a.used_at))"
)
_USE = Prepared(b"piga_number_used", _USED.encode(), (TEXT, BINARY, BINARY))
_USE_AND_GIVE_BACK = Prepared(
    b"piga_pin_right_at",
    f"WITH used AS ({_USED}) {GIVE_GUESSES_BACK.format(who='$3')}".encode(),
    (TEXT, BINARY, BINARY),
)


# --- how new a SIM is -----------------------------------------------------------------------------


def new_sim_s(tenant: Tenant) -> int:
    """For how long a number with another SIM is new, in seconds; 0 where a tenant does not ask."""
    return int(tenant.settings.get("new_sim_h", NEW_SIM_H)) * 3600


def new_until(tenant: Tenant, sim_changed_at: datetime | None) -> datetime | None:
    """Until when a number is new, in the tenant's time zone; None where it is not."""
    if sim_changed_at is None:
        return None
    until = sim_changed_at + timedelta(seconds=new_sim_s(tenant))
    return until.astimezone(tenant.zone) if until > clock.now() else None


def require_settled(tenant: Tenant, sim_changed_at: datetime | None) -> None:
    """Refuse what a new number may not do. Raises NumberIsNew (params: until)."""
    until = new_until(tenant, sim_changed_at)
    if until is not None:
        raise NumberIsNew(until=until)


@dataclass(frozen=True, slots=True)
class SaidFrom:
    """The number that a person says something from: it must not be new."""

    tenant: Tenant
    lookup: bytes = field(repr=False)
    subscriber_id: uuid.UUID

    def asked(self) -> tuple[str, tuple[object, ...]]:
        """A statement with its parameters, to be sent along with others."""
        statement = (
            "SELECT sim_changed_at FROM address WHERE tenant_id = current_tenant()"
            " AND channel = %s AND lookup = %s AND subscriber_id = %s AND detached_at IS NULL"
        )
        return statement, (USSD, self.lookup, self.subscriber_id)

    def require_settled(self, answer: Row | None) -> None:
        """Look at what was answered. Raises NumberTakenOut, NumberIsNew (params: until)."""
        if answer is None:
            raise NumberTakenOut
        require_settled(self.tenant, answer[0])


# From when one of a person's numbers may agree, in SQL: NULL where one may by now, or where they
# have none. The parameters are `who` and `new_sim_s`.
SETTLES_AT = (
    "(SELECT CASE WHEN bool_and(coalesce(n.at > now(), false)) THEN min(n.at) END"
    "  FROM (SELECT sim_changed_at + make_interval(secs => %(new_sim_s)s) AS at FROM address"
    "   WHERE tenant_id = current_tenant() AND subscriber_id = %(who)s"
    f"   AND channel = '{USSD}' AND detached_at IS NULL) n)"
)


def sim_changed(
    tx: Tx,
    keys: Keyring,
    address: str,
    *,
    at: datetime,
    actor: str,
    reason: str,
    channel: str = USSD,
) -> int:
    """Another SIM answers at a number since then, or another phone at an address of `channel`: for
    the people who have it. Answers how many they are. An earlier moment than the one that is known
    changes nothing."""
    lookup = keys.lookup(channel, address)
    rows = tx.all(
        "UPDATE address SET sim_changed_at = greatest(sim_changed_at, %s)"
        " WHERE tenant_id = current_tenant() AND channel = %s AND lookup = %s"
        " AND detached_at IS NULL RETURNING subscriber_id",
        (at, channel, lookup),
    )
    for (subscriber_id,) in rows:
        _record(tx, "sim changed", subscriber_id, lookup, actor=actor, reason=reason)
    return len(rows)


# --- others who have a number ---------------------------------------------------------------------


def has_room(found: list[Person]) -> bool:
    """Whether one more person may register at a number that these people have."""
    return len(found) < PEOPLE_A_PHONE_MAXIMUM


def require_room(found: list[Person]) -> None:
    """Raises TooManyPeople (params: most)."""
    if not has_room(found):
        raise TooManyPeople(most=PEOPLE_A_PHONE_MAXIMUM)


def require_registering(found: list[Person], *, beside: bool) -> None:
    """Whether somebody new may register at a number that these people have: only who says that they
    are none of them (`beside`). Raises AlreadyRegistered, TooManyPeople (params: most)."""
    if found and not beside:
        raise AlreadyRegistered
    require_room(found)


def note_registered_beside(tx: Tx, subscriber_id: uuid.UUID, found: list[Person]) -> None:
    """For staff: somebody registered at a number that others have. One of the two may have lost it
    to the other."""
    record(
        tx,
        "phone",
        "register beside others",
        subscriber_id,
        {"others": [str(person.id) for person in found]},
    )


# --- what staff do --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a person's, as staff see it; `address` in full."""

    address: str
    given_by: str
    since: datetime
    used_at: datetime | None
    sim_changed_at: datetime | None
    detached_at: datetime | None
    is_in_use: bool


def numbers_of(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> list[Number]:
    """All numbers that a person has, or had; first come first."""
    rows = tx.all(
        f"SELECT n.identifier_sealed, n.given_by, n.created_at, n.used_at, n.sim_changed_at,"
        " n.detached_at, coalesce(n.detached_at IS NULL AND n.lookup = u.lookup, false)"
        " FROM address n"
        f" LEFT JOIN LATERAL ({in_use('n.subscriber_id')}) u ON true"
        f" WHERE n.tenant_id = current_tenant() AND n.channel = '{USSD}' AND n.subscriber_id = %s"
        " ORDER BY n.created_at, n.lookup",
        (subscriber_id,),
    )
    return [Number(keys.open(sealed, subscriber_id.bytes), *rest) for sealed, *rest in rows]


def former_at(tx: Tx, keys: Keyring, address: str) -> list[Person]:
    """Who had a number that was taken out since, the last one first."""
    rows = tx.all(
        "SELECT subscriber_id FROM address WHERE tenant_id = current_tenant() AND channel = %s"
        " AND lookup = %s AND detached_at IS NOT NULL ORDER BY detached_at DESC, subscriber_id",
        (USSD, keys.lookup(USSD, address)),
    )
    found = (get(tx, keys, subscriber_id) for (subscriber_id,) in rows)
    return [person for person in found if person is not None]


def number_in_use(tx: Tx, subscriber_id: uuid.UUID) -> bytes | None:
    """The keyed hash of the number that a person is texted at; None where they have none."""
    row = tx.one(in_use("%(who)s"), {"who": subscriber_id})
    return row[1] if row else None


def attach(
    tx: Tx,
    keys: Keyring,
    subscriber_id: uuid.UUID,
    address: str,
    *,
    actor: str,
    reason: str,
    by: GivenBy = "staff",
    channel: str = USSD,
) -> None:
    """Give a number, or on another `channel` an identifier there, to a person who is known already:
    staff do, or the person links it. It is new for a while.

    Raises MoneyWaits, NumberIsTheirs, TooManyPeople.
    """
    require_nothing_waits(tx, subscriber_id)
    lock_address(tx, keys, address, channel)
    lookup = keys.lookup(channel, address)
    row = tx.one(
        "SELECT count(*), coalesce(bool_or(subscriber_id = %s), false) FROM address"
        " WHERE tenant_id = current_tenant() AND channel = %s AND lookup = %s"
        " AND detached_at IS NULL",
        (subscriber_id, channel, lookup),
    )
    assert row is not None
    if row[1]:
        raise NumberIsTheirs
    if row[0] >= PEOPLE_A_PHONE_MAXIMUM:
        raise TooManyPeople(most=PEOPLE_A_PHONE_MAXIMUM)
    add_address(tx, keys, subscriber_id, address, channel, given_by=by, is_new_sim=True)
    _record(tx, "attach number", subscriber_id, lookup, actor=actor, reason=reason)


def detach(
    tx: Tx,
    keys: Keyring,
    subscriber_id: uuid.UUID,
    address: str,
    *,
    actor: str,
    reason: str,
    by: GivenBy = "staff",
    channel: str = USSD,
) -> None:
    """Take a number, or an identifier on another `channel`, out of a person's account: from now on
    it opens nothing of theirs, in no session, and is texted nothing. Their money and history stay.

    Raises MoneyWaits, NumberIsNotTheirs.
    """
    require_nothing_waits(tx, subscriber_id)
    lookup = keys.lookup(channel, address)
    done = tx.one(
        "UPDATE address SET detached_at = now(), given_by = %s WHERE tenant_id = current_tenant()"
        " AND channel = %s AND lookup = %s AND subscriber_id = %s AND detached_at IS NULL"
        " RETURNING 1",
        (by, channel, lookup, subscriber_id),
    )
    if done is None:
        raise NumberIsNotTheirs
    _record(tx, "detach number", subscriber_id, lookup, actor=actor, reason=reason)


def require_nothing_waits(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """Nobody's numbers change while money of theirs waits for somebody's word, or for an outcome.
    Raises MoneyWaits."""
    row = tx.one(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM intent WHERE tenant_id = current_tenant()"
        "  AND subscriber_id = %(who)s AND state = 'pending')"
        " OR EXISTS (SELECT 1 FROM approval WHERE tenant_id = current_tenant()"
        "  AND approver_id = %(who)s AND state = 'pending')"
        " OR EXISTS (SELECT 1 FROM hold h JOIN account a ON a.tenant_id = h.tenant_id"
        "  AND a.id = h.account_id WHERE h.tenant_id = current_tenant() AND h.state = 'pending'"
        "  AND a.owner_id = %(who)s)",
        {"who": subscriber_id},
    )
    if row is not None:
        raise MoneyWaits


def _record(
    tx: Tx, action: str, subscriber_id: uuid.UUID, lookup: bytes, *, actor: str, reason: str
) -> None:
    """The number as its keyed hash: who has the number finds it, and nobody reads it."""
    record(tx, actor, action, subscriber_id, {"number": lookup.hex(), "reason": reason})
