"""E-mail addresses: read, and whose they are.

A person's is an address of theirs on a channel of its own, beside their numbers. A member of staff
has one.
"""

import re
import uuid
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.email.errors import NoEmailAddress
from core.people.people import add_address
from core.security.keyring import Keyring

EMAIL: Final = "email"  # the channel of addresses
CHARS_MAXIMUM: Final = 254  # RFC 5321, in octets of a path without its brackets

# What mail servers take in practice, in ASCII: no quoted names, no address literals.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)


def as_email(typed: str) -> str:
    """An address as it is kept: its domain in small letters. Raises NoEmailAddress."""
    typed = typed.strip()
    name, _, domain = typed.rpartition("@")
    dots_are_well = not (name.startswith(".") or name.endswith(".") or ".." in name)
    if len(typed) > CHARS_MAXIMUM or not _ADDRESS.fullmatch(typed) or not dots_are_well:
        raise NoEmailAddress
    return f"{name}@{domain.lower()}"


def give_person(
    tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, typed: str, *, actor: str, reason: str
) -> None:
    """This is where a person gets e-mail from now on; '' is nowhere. Raises NoEmailAddress."""
    address = as_email(typed) if typed.strip() else ""
    tx.execute(
        "UPDATE address SET detached_at = now() WHERE tenant_id = current_tenant()"
        " AND channel = %s AND subscriber_id = %s AND detached_at IS NULL AND lookup <> %s",
        (EMAIL, subscriber_id, keys.lookup(EMAIL, address)),
    )
    if address:
        add_address(tx, keys, subscriber_id, address, EMAIL)
    detail = {"email": keys.lookup(EMAIL, address).hex() if address else "", "reason": reason}
    record(tx, actor, "set email", subscriber_id, detail)


def of_person(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> str:
    """Where a person gets e-mail; '' where they have no such address."""
    row = tx.one(
        "SELECT identifier_sealed FROM address WHERE tenant_id = current_tenant()"
        " AND channel = %s AND subscriber_id = %s AND detached_at IS NULL"
        " ORDER BY created_at DESC LIMIT 1",
        (EMAIL, subscriber_id),
    )
    return keys.open(row[0], subscriber_id.bytes) if row else ""


def give_member(tx: Tx, keys: Keyring, staff_id: uuid.UUID, typed: str, *, actor: str) -> None:
    """This is where a member of staff gets e-mail; '' is nowhere. Raises NoEmailAddress."""
    address = as_email(typed) if typed.strip() else ""
    sealed = keys.seal(address, staff_id.bytes) if address else None
    tx.execute(
        "UPDATE staff_member SET email_sealed = %s WHERE tenant_id = current_tenant() AND id = %s",
        (sealed, staff_id),
    )
    record(tx, actor, "set email of staff", staff_id, {"has_one": bool(address)})


def of_member(tx: Tx, keys: Keyring, staff_id: uuid.UUID) -> str:
    """Where a member of staff gets e-mail; '' where nowhere."""
    row = tx.one(
        "SELECT email_sealed FROM staff_member WHERE tenant_id = current_tenant() AND id = %s"
        " AND state <> 'revoked'",
        (staff_id,),
    )
    return keys.open(row[0], staff_id.bytes) if row and row[0] is not None else ""
