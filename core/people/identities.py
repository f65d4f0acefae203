"""Ids that a provider gives people, beside numbers: an id hides the number that belongs to it.

A wire gives the number of some people at some times only. That a number and an id came together is
remembered, so that a message with the id alone is the same person's and goes on in the same
conversation. A name is never looked at.

An id is an address of its own (`portfolio:id`) on a channel of addresses beside that of numbers. It
is a person's where they linked it themselves, by a code; else it stands for its number, if one is
known; else for somebody new.
"""

from typing import Literal

from core.db.database import Tx
from core.people.people import USSD
from core.security.keyring import Keyring

# How it became known: both stood in a message, or the person shared their own number.
Source = Literal["wire", "contact"]

_SEEN = (
    "INSERT INTO known_id AS k (tenant_id, channel, lookup, number_lookup, number_sealed, source)"
    " VALUES (current_tenant(), %(channel)s, %(lookup)s, %(number)s, %(sealed)s, %(source)s)"
    " ON CONFLICT (tenant_id, channel, lookup) DO UPDATE SET"
    " number_lookup = excluded.number_lookup, number_sealed = excluded.number_sealed,"
    " source = excluded.source, seen_at = now(), ended_at = NULL"
    " WHERE k.number_lookup <> excluded.number_lookup OR k.ended_at IS NOT NULL"
    " OR k.seen_at < now() - interval '1 day'"
)
_IS_LINKED = (
    "SELECT 1 FROM address WHERE tenant_id = current_tenant() AND channel = %(channel)s"
    " AND lookup = %(lookup)s AND detached_at IS NULL LIMIT 1"
)
_KNOWN = (
    f"SELECT EXISTS ({_IS_LINKED}), (SELECT number_sealed FROM known_id"
    " WHERE tenant_id = current_tenant() AND channel = %(channel)s AND lookup = %(lookup)s"
    " AND ended_at IS NULL)"
)


def meet(
    tx: Tx,
    keys: Keyring,
    channel: str,
    own_id: str,
    *,
    number: str = "",
    source: Source = "wire",
) -> tuple[str, str]:
    """Under which channel and address somebody is known who writes by this id. `number` is E.164,
    or '' where the wire hides it; where it gives both, that is remembered."""
    lookup = keys.lookup(channel, own_id)
    if number:
        tx.execute(
            _SEEN,
            {
                "channel": channel,
                "lookup": lookup,
                "number": keys.lookup(USSD, number),
                "sealed": keys.seal(number, lookup),
                "source": source,
            },
        )
    row = tx.one(_KNOWN, {"channel": channel, "lookup": lookup})
    assert row is not None
    is_linked, sealed = row
    if is_linked:
        return channel, own_id
    if number:
        return USSD, number
    return (USSD, keys.open(sealed, lookup)) if sealed is not None else (channel, own_id)


def number_of(tx: Tx, keys: Keyring, channel: str, own_id: str) -> str:
    """The number that was last seen with an id; '' where none was, or where it ended since."""
    row = tx.one(_KNOWN, {"channel": channel, "lookup": keys.lookup(channel, own_id)})
    sealed = row[1] if row else None
    return keys.open(sealed, keys.lookup(channel, own_id)) if sealed is not None else ""


def forget_number(tx: Tx, keys: Keyring, channel: str, own_id: str) -> None:
    """An id and its number belong together no longer: the id ended, or the number is another's."""
    tx.execute(
        "UPDATE known_id SET ended_at = now() WHERE tenant_id = current_tenant()"
        " AND channel = %s AND lookup = %s AND ended_at IS NULL",
        (channel, keys.lookup(channel, own_id)),
    )
