"""Subscribers: who is at an address, their names, languages and roles.

A person is never keyed by a phone: one has several, and one phone serves several people.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from core.audit.trail import record
from core.db.autocommit import Autocommit
from core.db.connection import BINARY, TEXT, Prepared, Row
from core.db.database import Tx
from core.money import freezing, intents, ledger
from core.money.intents import Intent
from core.people import names_found
from core.security.keyring import Keyring
from values import names
from values.ids import uuid7

PEOPLE_A_PHONE_MAXIMUM = 9
# A dial goes on with what a chat asked so long ago at most: as after a call that was dropped.
CHAT_GOES_ON_S = 15 * 60

USSD = "msisdn"  # USSD, SMS and calls share a number; WhatsApp ids are a channel of their own

GivenBy = Literal["phone", "folder", "staff", "link"]


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber as a conversation needs them."""

    id: uuid.UUID
    name: str
    language: str
    roles: tuple[str, ...]
    frozen: bool
    has_pin: bool
    waited_for: bool = False  # an agent's sale waits for this person's word
    pin_reset: bool = False  # officers let this person choose a new PIN
    to_finish: bool = False  # something begun in a chat waits for this person's dial
    code_due: bool = False  # a payment of theirs waits for a code that they are to give us
    in_chat: bool = False  # a chat of theirs, in which they wrote a moment ago, is not over
    sim_changed_at: datetime | None = None  # of the address at which they were found
    distinct_name: str = ""  # where several are at one address: a name that none of the others has

    @property
    def shown_name(self) -> str:
        """How others see the name: "Jean B.", longer only where another at the address looks so."""
        return self.distinct_name or names.shown(self.name)


_COLUMNS = (
    "s.id, s.name_sealed, s.language, s.roles, s.status = 'frozen', s.pin_hash IS NOT NULL,"
    " EXISTS (SELECT 1 FROM approval w WHERE w.tenant_id = s.tenant_id AND w.approver_id = s.id"
    "  AND w.state = 'pending' AND w.expires_at > now()), s.pin_reset_at IS NOT NULL,"
    " EXISTS (SELECT 1 FROM handover h WHERE h.tenant_id = s.tenant_id AND h.subscriber_id = s.id"
    "  AND h.until > now()),"
    " EXISTS (SELECT 1 FROM payment p WHERE p.tenant_id = s.tenant_id AND p.subscriber_id = s.id"
    "  AND p.state = 'pending' AND p.reason = 'give_code' AND p.code_sealed IS NULL),"
    " EXISTS (SELECT 1 FROM conversation c WHERE c.tenant_id = s.tenant_id"
    "  AND c.subscriber_id = s.id AND c.session_sealed IS NOT NULL AND c.session_until > now()"
    f"  AND c.last_inbound_at > now() - interval '{CHAT_GOES_ON_S} seconds'), "
)
_AT_ADDRESS = (
    " FROM address a JOIN subscriber s ON s.tenant_id = a.tenant_id AND s.id = a.subscriber_id"
)
_FOUND = (
    " WHERE a.tenant_id = current_tenant() AND a.channel = $1 AND a.lookup = $2"
    " AND a.detached_at IS NULL"
    f" ORDER BY a.created_at, s.id LIMIT {PEOPLE_A_PHONE_MAXIMUM}"
)
_HERE = f"{_COLUMNS} a.sim_changed_at"
# Prepared, since every dial asks one of them.
_IDENTIFY = Prepared(
    b"piga_identify", f"SELECT {_HERE}{_AT_ADDRESS}{_FOUND}".encode(), (TEXT, BINARY)
)
_RECALL = Prepared(
    b"piga_recall",
    (
        f"SELECT {_HERE}, i.*{_AT_ADDRESS}"
        f" LEFT JOIN LATERAL (SELECT {intents.COLUMNS} FROM intent"
        "  WHERE tenant_id = current_tenant() AND subscriber_id = s.id"
        "  AND created_at > now() - make_interval(secs => $3)"
        "  AND state IN ('done', 'pending') ORDER BY created_at DESC LIMIT 1) i ON true"
        f"{_FOUND}"
    ).encode(),
    (TEXT, BINARY, TEXT),
)
_WIDTH = 12  # columns of a person
_GET = (
    f"SELECT {_COLUMNS} NULL FROM subscriber s WHERE s.tenant_id = current_tenant() AND s.id = %s"
)


def identify(tx: Tx | Autocommit, keys: Keyring, address: str, channel: str = USSD) -> list[Person]:
    """Who may be at this address, first come first; an empty list for somebody new. No two of
    them are shown by the same name."""
    (rows,) = tx.run((_IDENTIFY, (channel.encode(), keys.lookup(channel, address))))
    return _told_apart([person_of(row, keys) for row in rows])


def identify_and_recall(
    tx: Tx | Autocommit, keys: Keyring, address: str, within_s: int, channel: str = USSD
) -> tuple[list[Person], Intent | None]:
    """`identify`, and in the same statement the newest intent of any of them that was done within
    so many seconds, or waits."""
    lookup = keys.lookup(channel, address)
    (rows,) = tx.run((_RECALL, (channel.encode(), lookup, b"%d" % within_s)))
    done = [Intent(*row[_WIDTH:]) for row in rows if row[_WIDTH] is not None]
    newest = max(done, key=lambda intent: intent.id, default=None)
    return _told_apart([person_of(row[:_WIDTH], keys) for row in rows]), newest


def _told_apart(found: list[Person]) -> list[Person]:
    if len(found) < 2:
        return found
    shown = names.shown_apart([person.name for person in found])
    return [replace(person, distinct_name=name) for person, name in zip(found, shown, strict=True)]


def person_of(row: Row, keys: Keyring) -> Person:
    id, sealed, language, roles, *rest = row
    return Person(id, keys.open(sealed, id.bytes), language, tuple(roles), *rest)


def get(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> Person | None:
    row = tx.one(_GET, (subscriber_id,))
    return person_of(row, keys) if row else None


def is_frozen(tx: Tx, subscriber_id: uuid.UUID) -> bool:
    """Whether a person is frozen. It stays so until the end of the transaction."""
    row = tx.one(
        "SELECT status = 'frozen' FROM subscriber"
        " WHERE tenant_id = current_tenant() AND id = %s FOR SHARE",
        (subscriber_id,),
    )
    return bool(row and row[0])


def lock_people(tx: Tx, *subscriber_ids: uuid.UUID) -> None:
    """Until the end of the transaction nobody else erases or merges them. Who locks their accounts,
    too, does that first (`freezing.lock_of_person`)."""
    tx.execute(
        "SELECT 1 FROM subscriber WHERE tenant_id = current_tenant() AND id = ANY (%s)"
        " ORDER BY id FOR NO KEY UPDATE",
        (list(subscriber_ids),),
    )


def is_erased(tx: Tx, subscriber_id: uuid.UUID) -> bool:
    """Whether two officers erased what says who a person is (core/erasure)."""
    row = tx.one(
        "SELECT erased_at IS NOT NULL FROM subscriber"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (subscriber_id,),
    )
    return bool(row and row[0])


def birth_year(tx: Tx, subscriber_id: uuid.UUID) -> int | None:
    """The year that a person was born in, where staff wrote it down."""
    row = tx.one(
        "SELECT birth_year FROM subscriber WHERE tenant_id = current_tenant() AND id = %s",
        (subscriber_id,),
    )
    return row[0] if row else None


def register(
    tx: Tx,
    keys: Keyring,
    *,
    address: str | None,
    name: str,
    language: str,
    roles: tuple[str, ...],
    currency: str,
    pin_hash: str | None,
    channel: str = USSD,
    id: uuid.UUID | None = None,
    by_phone: bool = True,
    birth_year: int | None = None,
) -> Person:
    """Create a subscriber with one address and an empty wallet; without an address where they have
    no phone. Of one who did not register by phone (`by_phone`), it is not written down when they
    registered and chose a PIN: they did neither."""
    subscriber_id = id or uuid7()
    tx.execute(
        "INSERT INTO subscriber (tenant_id, id, name_sealed, language, roles, pin_hash,"
        " pin_set_at, registered_at, birth_year) VALUES (current_tenant(), %s, %s, %s, %s, %s,"
        " CASE WHEN %s THEN now() END, CASE WHEN %s THEN now() END, %s)",
        (
            subscriber_id,
            keys.seal(name, subscriber_id.bytes),
            language,
            list(roles),
            pin_hash,
            by_phone and pin_hash is not None,
            by_phone,
            birth_year,
        ),
    )
    if address is not None:
        given_by: GivenBy = "phone" if by_phone else "folder"
        add_address(tx, keys, subscriber_id, address, channel, given_by=given_by)
    names_found.note(tx, keys, subscriber_id, name)
    ledger.open_account(
        tx,
        id=ledger.account_id(subscriber_id, ledger.WALLET, currency),
        kind=ledger.WALLET,
        currency=currency,
        owner_id=subscriber_id,
    )
    return Person(subscriber_id, name, language, roles, False, pin_hash is not None)


def lock_address(tx: Tx, keys: Keyring, address: str, channel: str = USSD) -> None:
    """Until the end of the transaction nobody else registers this address."""
    number = int.from_bytes(keys.lookup(channel, address)[:8], signed=True)
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (number,))


def add_address(
    tx: Tx,
    keys: Keyring,
    subscriber_id: uuid.UUID,
    address: str,
    channel: str = USSD,
    *,
    given_by: GivenBy = "staff",
    is_new_sim: bool = False,
) -> None:
    """Give a subscriber one more address, or one back that was taken out. The same again is
    nothing. What the person's own phone gives is in use at once; `is_new_sim` says that it came to
    somebody who was known already."""
    tx.execute(
        "INSERT INTO address AS a (tenant_id, channel, lookup, subscriber_id, identifier_sealed,"
        " given_by, used_at, sim_changed_at) VALUES (current_tenant(), %(channel)s, %(lookup)s,"
        " %(who)s, %(sealed)s, %(given_by)s, CASE WHEN %(given_by)s = 'phone' THEN now() END,"
        " CASE WHEN %(is_new_sim)s THEN now() END)"
        " ON CONFLICT (tenant_id, channel, lookup, subscriber_id) DO UPDATE"
        " SET detached_at = NULL, created_at = excluded.created_at, given_by = excluded.given_by,"
        " used_at = excluded.used_at,"
        " sim_changed_at = coalesce(excluded.sim_changed_at, a.sim_changed_at)"
        " WHERE a.detached_at IS NOT NULL",
        {
            "channel": channel,
            "lookup": keys.lookup(channel, address),
            "who": subscriber_id,
            "sealed": keys.seal(address, subscriber_id.bytes),
            "given_by": given_by,
            "is_new_sim": is_new_sim,
        },
    )


def add_role(tx: Tx, subscriber_id: uuid.UUID, role: str) -> None:
    """Give a person one more role; the same again is nothing."""
    tx.execute(
        "UPDATE subscriber SET roles = array_append(roles, %s) WHERE tenant_id = current_tenant()"
        " AND id = %s AND NOT %s = ANY (roles)",
        (role, subscriber_id, role),
    )


def set_language(tx: Tx, subscriber_id: uuid.UUID, language: str) -> None:
    tx.defer(
        "UPDATE subscriber SET language = %s WHERE tenant_id = current_tenant() AND id = %s",
        (language, subscriber_id),
    )


def freeze(tx: Tx, subscriber_id: uuid.UUID, *, frozen: bool, actor: str, reason: str) -> None:
    """Freeze a person, or let go: no money moves from or to their wallet, float and savings. What
    is frozen as an agent's or in a group stays so, and so does who was erased."""
    freezing.lock_of_person(tx, subscriber_id)
    tx.execute(
        "UPDATE subscriber SET status = %s WHERE tenant_id = current_tenant() AND id = %s"
        " AND erased_at IS NULL",
        ("frozen" if frozen else "active", subscriber_id),
    )
    freezing.mark_of_person(tx, subscriber_id)
    record(tx, actor, "freeze" if frozen else "unfreeze", subscriber_id, {"reason": reason})
