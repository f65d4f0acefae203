"""Who wants no texts but those that they wait for, from one sender or from all of a tenant's; for
one purpose (news, reminders) or for all.

What somebody said is a row, and rows are only added: who said it, how, and when stays readable. The
newest that covers a sender holds, so that START after STOP is heard, and STOP after START too.

A number is found by its keyed hash, like everywhere: `channel` is the one that its addresses are
kept under (a phone number's is USSD, whichever way the word came). A sender id looks alike in upper
and lower case, so it is compared without regard to that.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.audit.trail import record
from core.db.database import Tx
from core.people.people import USSD
from core.security.keyring import Keyring
from values.ids import uuid7
from values.messages import NEWS, PURPOSES

# As a row says that all of a tenant's senders are meant, and all that it sends unasked.
EVERY_SENDER = ""
EVERY_PURPOSE = ""
SHOWN = 5


class Source(StrEnum):
    """How it became known: a word that the person wrote, the provider's callback, or staff."""

    WORD = "word"
    PROVIDER = "provider"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody said once. `sender` None: of all senders; `purpose` "": for all. `actor`: the
    member of staff who wrote it down, where `source` is staff."""

    is_out: bool
    sender: str | None
    source: Source
    actor: str | None
    at: datetime
    purpose: str = EVERY_PURPOSE


def opted_out(lookup: str, sender: str, purpose: str) -> str:
    """SQL that is true where no text may go that nobody waits for; `lookup`, `sender` and `purpose`
    are expressions: the keyed hash of a number, a sender id or NULL, and what the text is for."""
    return (
        "coalesce((SELECT o.is_out FROM opt_out o WHERE o.tenant_id = current_tenant()"
        f" AND o.address_lookup = {lookup}"
        f" AND o.sender IN ('{EVERY_SENDER}', lower(coalesce({sender}, '{EVERY_SENDER}')))"
        f" AND o.purpose IN ('{EVERY_PURPOSE}', {purpose})"
        " ORDER BY o.id DESC LIMIT 1), false)"
    )


_IS_OUT = f"SELECT {opted_out('%(lookup)s', '%(sender)s::text', '%(purpose)s')}"
# Nothing is written where the newest word already says the same of all that is meant.
_RECORD = (
    "WITH newest AS (SELECT o.is_out, o.sender, o.purpose FROM opt_out o"
    " WHERE o.tenant_id = current_tenant() AND o.address_lookup = %(lookup)s"
    f" AND (%(sender)s = '{EVERY_SENDER}' OR o.sender IN ('{EVERY_SENDER}', lower(%(sender)s)))"
    f" AND (%(purpose)s = '{EVERY_PURPOSE}' OR o.purpose IN ('{EVERY_PURPOSE}', %(purpose)s))"
    " ORDER BY o.id DESC LIMIT 1)"
    " INSERT INTO opt_out (tenant_id, id, address_lookup, sender, purpose, is_out, source, actor)"
    " SELECT current_tenant(), %(id)s, %(lookup)s, lower(%(sender)s), %(purpose)s, %(is_out)s,"
    " %(source)s, %(actor)s"
    " WHERE coalesce((SELECT n.is_out IS DISTINCT FROM %(is_out)s"
    f"  OR n.sender NOT IN ('{EVERY_SENDER}', lower(%(sender)s))"
    f"  OR n.purpose NOT IN ('{EVERY_PURPOSE}', %(purpose)s) FROM newest n), %(is_out)s)"
    " RETURNING id"
)


def opt_out(
    tx: Tx,
    keys: Keyring,
    address: str,
    *,
    sender: str | None = None,
    source: Source,
    actor: str | None = None,
    channel: str = USSD,
    purpose: str = EVERY_PURPOSE,
) -> bool:
    """Somebody wants no more texts from `sender`, or from any (None). `address` is E.164 or, on
    another `channel`, the identifier there. False where they have said so before.

    Raises ValueError: `actor` is given for staff, and for nobody else.
    """
    return _record(
        tx, keys.lookup(channel, address), sender, source, actor, purpose=purpose, is_out=True
    )


def opt_in(
    tx: Tx,
    keys: Keyring,
    address: str,
    *,
    sender: str | None = None,
    source: Source,
    actor: str | None = None,
    channel: str = USSD,
    purpose: str = EVERY_PURPOSE,
) -> bool:
    """Somebody wants texts again, from `sender` or from all (None): arguments and errors as of
    `opt_out`. False where nothing kept them away."""
    return _record(
        tx, keys.lookup(channel, address), sender, source, actor, purpose=purpose, is_out=False
    )


def note_by_staff(
    tx: Tx,
    keys: Keyring,
    address: str,
    *,
    is_out: bool,
    actor: str,
    reason: str,
    sender: str | None = None,
) -> bool:
    """Write down what somebody told staff, with a line in the audit trail; arguments and answer as
    of `opt_out`, whose opposite is `is_out` False."""
    change = opt_out if is_out else opt_in
    is_news = change(tx, keys, address, sender=sender, source=Source.STAFF, actor=actor)
    if is_news:
        detail = {
            "number": keys.lookup(USSD, address).hex(),
            "sender": sender or EVERY_SENDER,
            "reason": reason,
        }
        record(tx, actor, "opt out" if is_out else "opt in", None, detail)
    return is_news


def is_opted_out(
    tx: Tx, address_lookup: bytes, *, sender: str | None = None, purpose: str = NEWS
) -> bool:
    """Whether no text may go to a number, by its keyed hash, that nobody waits for: from `sender`,
    or where none is named from any; and for that purpose."""
    row = tx.one(_IS_OUT, {"lookup": address_lookup, "sender": sender, "purpose": purpose})
    return bool(row and row[0])


def known_of(tx: Tx, lookups: Sequence[bytes]) -> set[bytes]:
    """Those of these numbers, by their keyed hashes, of which anything was ever said: of the others
    nothing keeps texts away."""
    rows = tx.all(
        "SELECT DISTINCT address_lookup FROM opt_out WHERE tenant_id = current_tenant()"
        " AND address_lookup = ANY (%s)",
        (list(lookups),),
    )
    return {lookup for (lookup,) in rows}


def history(tx: Tx, address_lookup: bytes, limit: int = 100) -> list[Wish]:
    """What was said of a number, newest first."""
    rows = tx.all(
        "SELECT is_out, sender, source, actor, created_at, purpose FROM opt_out"
        " WHERE tenant_id = current_tenant() AND address_lookup = %s ORDER BY id DESC LIMIT %s",
        (address_lookup, limit),
    )
    return [
        Wish(is_out, sender or None, Source(source), actor, at, purpose)
        for is_out, sender, source, actor, at, purpose in rows
    ]


@dataclass(frozen=True, slots=True)
class Consent:
    """What holds at one of a person's addresses: `channel` is the address's, and `wants` says of
    each purpose whether what nobody waits for goes there. `said` is what was said there, newest
    first: while nothing was, all goes there."""

    channel: str
    address: str
    wants: Mapping[str, bool]
    said: Sequence[Wish]


def of_person(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> list[Consent]:
    """What holds at each address that a person has, in the order in which they came."""
    rows = tx.all(
        "SELECT channel, lookup, identifier_sealed FROM address WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND detached_at IS NULL ORDER BY created_at, lookup",
        (subscriber_id,),
    )
    return [
        Consent(
            channel,
            keys.open(sealed, subscriber_id.bytes),
            {one: not is_opted_out(tx, bytes(lookup), purpose=one) for one in PURPOSES},
            history(tx, bytes(lookup), SHOWN),
        )
        for channel, lookup, sealed in rows
    ]


def note_for_person(
    tx: Tx,
    keys: Keyring,
    subscriber_id: uuid.UUID,
    *,
    is_out: bool,
    actor: str,
    reason: str,
    purpose: str = EVERY_PURPOSE,
    channel: str | None = None,
) -> int:
    """Write down what a person told staff, for all of their addresses, or those of a `channel`.
    Answers at how many of them it was news."""
    noted, change = 0, opt_out if is_out else opt_in
    for one in of_person(tx, keys, subscriber_id):
        if channel is None or one.channel == channel:
            noted += change(
                *(tx, keys, one.address),
                source=Source.STAFF,
                actor=actor,
                channel=one.channel,
                purpose=purpose,
            )
    action = "opt out" if is_out else "opt in"
    detail = {"addresses": noted, "purpose": purpose, "channel": channel or "", "reason": reason}
    record(tx, actor, action, subscriber_id, detail)
    return noted


def _record(
    tx: Tx,
    address_lookup: bytes,
    sender: str | None,
    source: Source,
    actor: str | None,
    *,
    purpose: str,
    is_out: bool,
) -> bool:
    if (actor is not None) != (source is Source.STAFF):
        raise ValueError("an actor is given for staff, and for nobody else")
    row = tx.one(
        _RECORD,
        {
            "id": uuid7(),
            "lookup": address_lookup,
            "sender": (sender or EVERY_SENDER).strip(),
            "purpose": purpose,
            "is_out": is_out,
            "source": source.value,
            "actor": actor,
        },
    )
    return row is not None
