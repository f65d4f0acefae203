"""Whom a member named to get their savings if they die.

A name and a number, as the member says them: the next of kin need not be anybody's member. It is
theirs alone, sealed for them, and is looked at when somebody reports their death.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.security.keyring import Keyring

NAME_CHARS_MAXIMUM: Final = 80


@dataclass(frozen=True, slots=True)
class NextOfKin:
    """`number` is in E.164; `named_by` is who wrote it down, as the trail calls them."""

    name: str = field(repr=False)
    number: str = field(repr=False)
    named_by: str
    named_at: datetime


_NAME: Final = (
    "INSERT INTO savings_next_of_kin (tenant_id, subscriber_id, name_sealed, number_sealed,"
    " named_by) VALUES (current_tenant(), %s, %s, %s, %s)"
    " ON CONFLICT (tenant_id, subscriber_id) DO UPDATE SET name_sealed = excluded.name_sealed,"
    " number_sealed = excluded.number_sealed, named_by = excluded.named_by, named_at = now()"
)


def name(
    tx: Tx, keys: Keyring, member_id: uuid.UUID, *, called: str, number: str, by: str = ""
) -> None:
    """A member names their next of kin, in place of whom they named before. `by` is who of staff
    writes it down for them."""
    actor = by or f"member {member_id}"
    sealed = (keys.seal(text, member_id.bytes) for text in (called, number))
    tx.execute(_NAME, (member_id, *sealed, actor))
    record(tx, actor, "name next of kin", member_id, {})


def forget(tx: Tx, member_id: uuid.UUID, *, by: str = "") -> None:
    """A member names nobody any more."""
    tx.execute(
        "DELETE FROM savings_next_of_kin WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (member_id,),
    )
    record(tx, by or f"member {member_id}", "forget next of kin", member_id, {})


def find(tx: Tx, keys: Keyring, member_id: uuid.UUID) -> NextOfKin | None:
    """Whom a member named; None where nobody."""
    row = tx.one(
        "SELECT name_sealed, number_sealed, named_by, named_at FROM savings_next_of_kin"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (member_id,),
    )
    if row is None:
        return None
    called, number, named_by, named_at = row
    return NextOfKin(
        keys.open(called, member_id.bytes), keys.open(number, member_id.bytes), named_by, named_at
    )
