"""One-time codes: asked for by a program, sent to who has the number, and good once.

    ask ─► a row and a job, whoever the number is ─► the job finds the person and writes the text
    check ─► the try is counted ─► right: the code is used

Who asks learns nothing: asking writes the same two rows for every number, and looks nobody up; a
code that was sent to nobody is wrong in the same statement as one that was typed wrong.
"""

import hmac
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.clients.keys import codes_an_hour_of
from core.db.database import Tx
from core.messaging.messages import write_text
from core.outbox import outbox
from core.people.numbers import new_sim_s
from core.people.people import USSD
from core.security.keyring import Keyring
from core.sign_in.errors import TooManyCodes, WrongCode
from core.sign_in.messages import SignInCode
from core.tenants.directory import Service
from values.ids import uuid7
from values.messages import OneTimeCode, Priority

SEND_CODE: Final = "send_sign_in_code"
VALID_S: Final = 5 * 60
TRIES: Final = 5
# Of a number: how many codes within how many seconds, whoever asks. With five tries each, nobody
# comes to more than fifty guesses at a number in a day.
OF_A_NUMBER: Final = ((3, 15 * 60), (10, 24 * 60 * 60))
OF_A_CLIENT_AN_HOUR: Final = 600
PROVEN_DAYS: Final = 180
_HOUR_S: Final = 60 * 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that is on its way, or that nobody will get."""

    id: uuid.UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Right:
    """Who typed the right code, and at which number: its keyed hash."""

    subscriber_id: uuid.UUID
    address_lookup: bytes = field(repr=False)


def ask(tx: Tx, keys: Keyring, *, client: str, number: str, by_sms: bool) -> Asked:
    """Have a code sent to a number in E.164, by SMS alone or however the tenant reaches people.
    Raises TooManyCodes."""
    lookup = keys.lookup(USSD, number)
    tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(current_tenant()::text || %s, 0))",
        (f"sign in {lookup.hex()}",),
    )
    for most, within_s in OF_A_NUMBER:
        _require_below(tx, "address_lookup", lookup, most, within_s)
    own = codes_an_hour_of(tx, client)
    _require_below(tx, "client", client, OF_A_CLIENT_AN_HOUR if own is None else own, _HOUR_S)
    code_id = uuid7()
    row = tx.one(
        "INSERT INTO sign_in_code (tenant_id, id, client, address_lookup, by_sms, expires_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s, now() + make_interval(secs => %s))"
        " RETURNING expires_at",
        (code_id, client, lookup, by_sms, VALID_S),
    )
    assert row is not None
    outbox.write(tx, kind=SEND_CODE, subject_id=code_id, priority=Priority.CODE.value)
    return Asked(code_id, row[0])


def _require_below(tx: Tx, column: str, value: object, most: int, within_s: int) -> None:
    """Raises TooManyCodes where so many of them were asked for, and says when the oldest of them
    will count no more; an hour where there are to be none at all."""
    if most == 0:
        raise TooManyCodes(within_s)
    row = tx.one(
        "SELECT ceil(extract(epoch FROM created_at - now()) + %(within_s)s)::integer"
        f" FROM sign_in_code WHERE tenant_id = current_tenant() AND {column} = %(value)s"
        " AND created_at > now() - make_interval(secs => %(within_s)s)"
        " ORDER BY created_at DESC OFFSET %(before)s LIMIT 1",
        {"value": value, "within_s": within_s, "before": most - 1},
    )
    if row is not None:
        raise TooManyCodes(max(1, row[0]))


# At this number its person typed a right PIN, or signed in, in the last months: a number that the
# network gave to somebody else was silent for as long. And no other SIM came to it a moment ago.
_IS_GOOD = (
    "(coalesce(a.used_at > now() - make_interval(days => %(days)s), false)"
    " OR EXISTS (SELECT 1 FROM sign_in s WHERE s.tenant_id = a.tenant_id"
    "  AND s.subscriber_id = a.subscriber_id AND s.address_lookup = a.lookup"
    "  AND s.created_at > now() - make_interval(days => %(days)s)))"
    " AND coalesce(a.sim_changed_at <= now() - make_interval(secs => %(new_sim_s)s), true)"
)


def send(tx: Tx, code_id: uuid.UUID, services: list[Service]) -> bool:
    """Text the code to who has the number: once, however often this is done. False where nobody
    gets it: nobody, or more than one, has the number; its SIM is new; its person has not shown
    there for long who they are; or the code is too old.

    A number that several people share opens no account: the code says who holds the phone, and
    only a PIN says which of them.
    """
    if not services:
        return False
    tenant = services[0].tenant
    row = tx.one(
        "SELECT c.by_sms, c.address_lookup, c.expires_at, p.people, p.is_good"
        " FROM sign_in_code c CROSS JOIN LATERAL ("
        f"  SELECT array_agg(a.subscriber_id) AS people, bool_and({_IS_GOOD}) AS is_good"
        "  FROM address a"
        "  WHERE a.tenant_id = current_tenant() AND a.channel = %(channel)s"
        "  AND a.lookup = c.address_lookup AND a.detached_at IS NULL) p"
        " WHERE c.tenant_id = current_tenant() AND c.id = %(id)s AND c.subscriber_id IS NULL"
        " AND c.expires_at > now() FOR UPDATE OF c",
        {
            "id": code_id,
            "channel": USSD,
            "new_sim_s": new_sim_s(tenant),
            "days": PROVEN_DAYS,
        },
    )
    if row is None:
        return False
    by_sms, lookup, expires_at, people, is_good = row
    texting, chat = _texting(services), None if by_sms else _chat(services)
    first = chat or texting
    if people is None or len(people) != 1 or not is_good or first is None:
        return False
    tx.execute(
        "UPDATE sign_in_code SET subscriber_id = %s WHERE tenant_id = current_tenant() AND id = %s",
        (people[0], code_id),
    )
    write_text(
        tx,
        subscriber_id=people[0],
        service_id=first.id,
        message=SignInCode(OneTimeCode(code_id, 0)),
        until=expires_at,
        to=lookup,
        instead=texting.id if chat is not None and texting is not None else None,
    )
    return True


def _texting(services: list[Service]) -> Service | None:
    """What texts go out from: the number for texts, else one that is dialled."""
    found = [one for one in services if one.channel in ("sms", "ussd")]
    return min(found, key=lambda one: (one.channel != "sms", one.id), default=None)


def _chat(services: list[Service]) -> Service | None:
    """A chat at which the tenant has a wording for codes."""
    for one in services:
        named = {template["message"] for template in one.settings.get("templates", ())}
        if one.channel == "whatsapp" and SignInCode.name in named:
            return one
    return None


# Nobody waits long for what is wrong, and nothing is told by how: one statement for a code of
# another program, a spent one, an old one, and one that a newer of the number has replaced.
_TRY = (
    "UPDATE sign_in_code c SET tries = c.tries + 1 WHERE c.tenant_id = current_tenant()"
    " AND c.id = %(id)s AND c.client = %(client)s AND c.used_at IS NULL"
    " AND c.expires_at > now() AND c.tries < %(tries)s"
    " AND NOT EXISTS (SELECT 1 FROM sign_in_code n WHERE n.tenant_id = c.tenant_id"
    "  AND n.address_lookup = c.address_lookup AND n.id > c.id)"
    " RETURNING c.address_lookup, (SELECT a.subscriber_id FROM address a"
    "  WHERE a.tenant_id = c.tenant_id AND a.channel = %(channel)s"
    "  AND a.lookup = c.address_lookup AND a.subscriber_id = c.subscriber_id"
    "  AND a.detached_at IS NULL)"
)


def check(tx: Tx, keys: Keyring, *, client: str, code_id: uuid.UUID, code: str) -> Right:
    """Who a code signs in; it is used by that. Raises WrongCode, and then has committed the try."""
    row = tx.one(_TRY, {"id": code_id, "client": client, "channel": USSD, "tries": TRIES})
    is_right = hmac.compare_digest(keys.approval_code(code_id, 0).encode(), code.encode())
    if row is None or row[1] is None or not is_right:
        tx.commit()
        raise WrongCode
    tx.execute(
        "UPDATE sign_in_code SET used_at = now() WHERE tenant_id = current_tenant() AND id = %s",
        (code_id,),
    )
    return Right(row[1], bytes(row[0]))
