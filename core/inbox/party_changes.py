"""Somebody has another number, another id or another phone, says a provider.

It proves no more than a changed SIM does: whoever has the account now may be somebody else. So the
sessions end, what waits for a dial is dropped, and the number or the id is new for a while: it is
texted no code and agrees to nothing (`core.people.numbers`). Nothing moves to the new number or id;
who they are, the person shows there again. What changed stays readable, by keyed hashes.
"""

from dataclasses import dataclass, field
from datetime import datetime

from core.db.database import Tx
from core.people import identities, numbers
from core.people.people import USSD
from core.security.keyring import Keyring
from values import clock


@dataclass(frozen=True, slots=True)
class Known:
    """A person before a change, or after it: a number in E.164 and an id on `channel`; '' where
    the wire gave none."""

    channel: str
    number: str = field(default="", repr=False)
    own_id: str = field(default="", repr=False)

    def lookups(self, keys: Keyring) -> list[tuple[str, str, bytes]]:
        """Channel, address and keyed hash of what is known."""
        both = ((USSD, self.number), (self.channel, self.own_id))
        return [(channel, one, keys.lookup(channel, one)) for channel, one in both if one]


_NOTE = (
    "INSERT INTO party_change (tenant_id, provider, event_id, before_number, before_id, now_number,"
    " now_id, changed_at) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING RETURNING 1"
)
_END_SESSIONS = (
    "UPDATE conversation SET session_sealed = NULL, session_until = NULL, expects_pin = false"
    " WHERE tenant_id = current_tenant()"
    " AND service_id IN (SELECT id FROM service WHERE tenant_id = current_tenant())"
    " AND address_lookup = ANY (%s)"
)
_DROP_HANDOVERS = (
    "DELETE FROM handover WHERE tenant_id = current_tenant() AND subscriber_id IN"
    " (SELECT subscriber_id FROM address WHERE tenant_id = current_tenant()"
    "  AND channel = ANY (%s) AND lookup = ANY (%s))"
)


def party_changed(
    tx: Tx,
    keys: Keyring,
    *,
    provider: str,
    event_id: str,
    before: Known,
    now: Known,
    at: datetime | None,
) -> bool:
    """Take what a provider says of a change. False for a copy, which changes nothing."""
    at = at or clock.now()

    def lookup(channel: str, one: str) -> bytes | None:
        return keys.lookup(channel, one) if one else None

    noted = tx.one(
        _NOTE,
        (
            *(provider, event_id),
            *(lookup(USSD, before.number), lookup(before.channel, before.own_id)),
            *(lookup(USSD, now.number), lookup(now.channel, now.own_id)),
            at,
        ),
    )
    if noted is None:
        return False
    touched = _touched(tx, keys, before)
    for channel, address, _ in touched:
        numbers.sim_changed(
            tx,
            keys,
            address,
            at=at,
            actor=provider,
            reason="another number, id or phone at the provider",
            channel=channel,
        )
    if before.own_id and (before.own_id != now.own_id or before.number != now.number):
        identities.forget_number(tx, keys, before.channel, before.own_id)
    hashes = [hashed for _, _, hashed in touched]
    tx.execute(_DROP_HANDOVERS, ([channel for channel, _, _ in touched], hashes))
    tx.execute(_END_SESSIONS, (hashes,))
    return True


def _touched(tx: Tx, keys: Keyring, before: Known) -> list[tuple[str, str, bytes]]:
    """What the person was known by, with the number that belongs to the id."""
    if before.own_id and not before.number:
        number = identities.number_of(tx, keys, before.channel, before.own_id)
        before = Known(before.channel, number, before.own_id)
    return before.lookups(keys)
