"""Linking a chat to a person: the chat shows a code, and the person types it where their PIN is
asked for.

    nobody is known in the chat ─► the chat shows six digits, for ten minutes
    the person dials, types them, sees which chat that is, and agrees with their PIN ─► an address

The code goes from the chat to the phone, and not the other way: it opens nothing by itself, only
behind somebody's own PIN, and they see what they link.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.inbox.errors import (
    ChatIsLinked,
    ChatIsNotLinked,
    LinkExpired,
    LinkMustWait,
    UnlinkMustWait,
)
from core.people import numbers
from core.people.errors import MoneyWaits, NumberIsNotTheirs, NumberIsTheirs
from core.people.people import USSD, GivenBy
from core.security.keyring import Keyring

LINK_CODE_DIGITS: Final = 6
LINK_CODE_S: Final = 10 * 60.0
# Of one person, until an hour after the first; a right code is none.
LINK_TRIES: Final = 5
LINK_TRIES_S: Final = 3600.0

_CODE: Final = "link_code"  # what its keyed hash is made for
_SIGNS_SHOWN: Final = 6  # of an identifier that is no number


def show_code(tx: Tx, keys: Keyring, conversation_id: uuid.UUID) -> str:
    """A code for the chat to show, six digits; the one before is void. Only its keyed hash is
    kept."""
    while True:
        code = f"{secrets.randbelow(10**LINK_CODE_DIGITS):0{LINK_CODE_DIGITS}d}"
        made = tx.one(
            "INSERT INTO chat_link (tenant_id, conversation_id, code_lookup, until)"
            " SELECT current_tenant(), %(chat)s, %(code)s, now() + make_interval(secs => %(life)s)"
            " WHERE NOT EXISTS (SELECT 1 FROM chat_link WHERE tenant_id = current_tenant()"
            "  AND code_lookup = %(code)s AND until > now())"
            " ON CONFLICT (tenant_id, conversation_id) DO UPDATE"
            " SET code_lookup = excluded.code_lookup, until = excluded.until RETURNING 1",
            {"chat": conversation_id, "code": keys.lookup(_CODE, code), "life": LINK_CODE_S},
        )
        if made is not None:
            return code


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """What a typed code came to: the chat that shows it and how that is named, or None and how many
    tries are left; None of both where there are no tries any more."""

    conversation_id: uuid.UUID | None = None
    chat: str = field(default="", repr=False)
    tries_left: int | None = None


def check_code(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, code: str) -> LinkCheck:
    """Look for the chat that shows a code. The try is counted first: in a transaction of its own,
    which is committed whatever follows."""
    counted = tx.one(
        "INSERT INTO chat_link_try AS t (tenant_id, subscriber_id, tries, until)"
        " VALUES (current_tenant(), %(who)s, 1, now() + make_interval(secs => %(within)s))"
        " ON CONFLICT (tenant_id, subscriber_id) DO UPDATE"
        " SET tries = CASE WHEN t.until < now() THEN 1 ELSE t.tries + 1 END,"
        "  until = CASE WHEN t.until < now() THEN excluded.until ELSE t.until END"
        " WHERE t.until < now() OR t.tries < %(most)s RETURNING t.tries",
        {"who": subscriber_id, "within": LINK_TRIES_S, "most": LINK_TRIES},
    )
    if counted is None:
        return LinkCheck()
    found = tx.all(
        "SELECT c.id, c.address_channel, c.address_sealed FROM chat_link l"
        " JOIN conversation c ON c.tenant_id = l.tenant_id AND c.id = l.conversation_id"
        " WHERE l.tenant_id = current_tenant() AND l.code_lookup = %s AND l.until > now()",
        (keys.lookup(_CODE, code),),
    )
    if len(found) != 1:  # two drew it at once: neither is linked by it
        return LinkCheck(tries_left=LINK_TRIES - counted[0])
    tx.execute(
        "UPDATE chat_link_try SET tries = tries - 1"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (subscriber_id,),
    )
    id, channel, sealed = found[0]
    address = keys.open(sealed, id.bytes)
    return LinkCheck(id, _shown(channel, address), LINK_TRIES - counted[0] + 1)


def link(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, conversation_id: uuid.UUID) -> None:
    """Make a chat's address the person's, who has agreed with their PIN; the code is spent. A
    number is new for a while, like one that staff gave.

    Raises LinkExpired, ChatIsLinked, LinkMustWait, TooManyPeople (params: most).
    """
    row = tx.one(
        "DELETE FROM chat_link l USING conversation c WHERE l.tenant_id = current_tenant()"
        " AND l.conversation_id = %s AND l.until > now()"
        " AND c.tenant_id = l.tenant_id AND c.id = l.conversation_id"
        " RETURNING c.address_channel, c.address_sealed",
        (conversation_id,),
    )
    if row is None:
        raise LinkExpired
    channel, sealed = row
    try:
        numbers.attach(
            tx,
            keys,
            subscriber_id,
            keys.open(sealed, conversation_id.bytes),
            actor="phone",
            reason="linked by a code",
            by="link",
            channel=channel,
        )
    except NumberIsTheirs:
        raise ChatIsLinked from None
    except MoneyWaits:
        raise LinkMustWait from None


# --- undoing it -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkedChat:
    """A chat of a person's: linked by a code, or known by an id. `shown` is the number, or the end
    of the id; by `id` it is found again."""

    id: str
    channel: str
    address: str = field(repr=False)
    shown: str = field(repr=False)
    since: datetime


def chats_of(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> list[LinkedChat]:
    """The chats of a person, first come first. A number where they have proved by their PIN who
    they are is none: it is a phone of theirs."""
    rows = tx.all(
        "SELECT lookup, channel, identifier_sealed, created_at FROM address"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND detached_at IS NULL"
        " AND (channel <> %s OR (given_by = 'link' AND used_at IS NULL))"
        " ORDER BY created_at, lookup",
        (subscriber_id, USSD),
    )
    found = []
    for lookup, channel, sealed, since in rows:
        address = keys.open(sealed, subscriber_id.bytes)
        found.append(LinkedChat(lookup.hex(), channel, address, _shown(channel, address), since))
    return found


def find_chat(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, id: str) -> LinkedChat:
    """One of a person's chats. Raises ChatIsNotLinked."""
    for chat in chats_of(tx, keys, subscriber_id):
        if chat.id == id:
            return chat
    raise ChatIsNotLinked


def unlink(
    tx: Tx,
    keys: Keyring,
    subscriber_id: uuid.UUID,
    chat: LinkedChat,
    *,
    actor: str,
    reason: str,
    by: GivenBy = "staff",
) -> None:
    """A chat is a person's no longer: what is under way there ends, and it sees nothing of theirs.

    Raises MoneyWaits, NumberIsNotTheirs.
    """
    numbers.detach(
        *(tx, keys, subscriber_id, chat.address),
        actor=actor,
        reason=reason,
        by=by,
        channel=chat.channel,
    )
    tx.execute(
        "UPDATE conversation SET session_sealed = NULL, expects_pin = false"
        " WHERE tenant_id = current_tenant() AND address_channel = %s AND address_lookup = %s",
        (chat.channel, keys.lookup(chat.channel, chat.address)),
    )


def unlink_own(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, id: str) -> None:
    """A person takes a chat of theirs out, by its id. Raises ChatIsNotLinked, UnlinkMustWait."""
    chat = find_chat(tx, keys, subscriber_id, id)
    try:
        unlink(tx, keys, subscriber_id, chat, actor="phone", reason="taken out by phone", by="link")
    except NumberIsNotTheirs:  # by staff, meanwhile
        raise ChatIsNotLinked from None
    except MoneyWaits:
        raise UnlinkMustWait from None


def _shown(channel: str, address: str) -> str:
    return address if channel == USSD else f"...{address[-_SIGNS_SHOWN:]}"
