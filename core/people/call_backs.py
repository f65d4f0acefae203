"""People who asked to be called, because a menu did not understand them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.audit.trail import record
from core.db.database import Tx
from core.people.people import USSD
from core.security.keyring import Keyring
from values import clock
from values.ids import floor_of, made_at, uuid7


def ask(
    tx: Tx,
    keys: Keyring,
    *,
    service_id: uuid.UUID,
    subscriber_id: str | None,
    address: str,
    place: str,
) -> None:
    """Note a call to be made, and where the person was when they gave up. With the COMMIT.

    A number waits once, whatever it asks, at the place where it gave up first; and no more than
    CALLS_A_DAY of its calls are noted in 24 hours, so that one phone does not fill the list."""
    id = uuid7()
    tx.defer(
        _ASK,
        {
            "id": id,
            "service": service_id,
            "subscriber": subscriber_id,
            "sealed": keys.seal(address, id.bytes),
            "lookup": keys.lookup(USSD, address),
            "place": place,
            "since": floor_of(int((clock.epoch_s() - DAY_S) * 1_000)),
            "a_day": CALLS_A_DAY,
        },
    )


LISTED_MAXIMUM = 200  # at once: nobody calls more in a day
CALLS_A_DAY = 3
DAY_S = 86_400

_ASK = (
    "INSERT INTO call_back"
    " (tenant_id, id, service_id, subscriber_id, address_sealed, lookup, place)"
    " SELECT current_tenant(), %(id)s, %(service)s, %(subscriber)s::uuid, %(sealed)s, %(lookup)s,"
    " %(place)s WHERE (SELECT count(*) FROM call_back WHERE tenant_id = current_tenant()"
    "  AND lookup = %(lookup)s AND id >= %(since)s) < %(a_day)s"
    " ON CONFLICT (tenant_id, lookup) WHERE state = 'waiting' DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call to be made: whom, and at which menu or question they gave up."""

    id: uuid.UUID
    asked_at: datetime
    number: str
    place: str


def waiting(tx: Tx, keys: Keyring) -> list[CallBack]:
    """The calls that nobody has made yet, first come first."""
    rows = tx.all(
        "SELECT id, address_sealed, place FROM call_back WHERE tenant_id = current_tenant()"
        f" AND state = 'waiting' ORDER BY id LIMIT {LISTED_MAXIMUM}"
    )
    return [
        CallBack(id, made_at(id), keys.open(sealed, id.bytes), place) for id, sealed, place in rows
    ]


def done(tx: Tx, id: uuid.UUID, *, actor: str) -> bool:
    """The person was called. False when there is no such call that waits."""
    row = tx.one(
        "UPDATE call_back SET state = 'done' WHERE tenant_id = current_tenant() AND id = %s"
        " AND state = 'waiting' RETURNING 1",
        (id,),
    )
    if row is not None:
        record(tx, actor, "call back", id, {})
    return row is not None
