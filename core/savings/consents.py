"""A group's consent that a bank sees its credit history.

The group has agreed by a vote that was carried; one of staff writes down to which bank and until
when, and which vote that was. It is taken back at a word of the group's, and holds no longer than
its last day.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.savings.votes import YES_NO
from core.staff.errors import StaffError
from values import clock
from values.ids import uuid7

BANK_CHARS_MAXIMUM: Final = 60
DAYS_MAXIMUM: Final = 366
# A vote of longer ago is no word of today's members.
VOTE_DAYS_MAXIMUM: Final = 90


class NoSuchConsent(StaffError):
    """The group has not agreed that this bank sees its history, or not any more."""


class NotVoted(StaffError):
    """The group has carried no such vote within 90 days."""


class WrongConsent(StaffError):
    """Say which bank, and until which day: within a year from today."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a group agreed to. `question` is what it voted on, in its own words."""

    id: uuid.UUID
    group_id: uuid.UUID
    bank: str
    question: str
    voted_at: datetime
    valid_until: date
    recorded_by: str
    recorded_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    reason: str | None

    def holds(self, today: date) -> bool:
        return self.revoked_at is None and today <= self.valid_until


@dataclass(frozen=True, slots=True)
class Carried:
    """A vote of yes or no that a group carried: what it was asked, when it ended, how many of its
    members said yes."""

    id: uuid.UUID
    question: str
    ended_at: datetime
    yes: int
    members: int


_CARRIED: Final = (
    "SELECT v.id, v.question, v.ended_at, c.votes, v.members FROM savings_vote v"
    " JOIN savings_vote_choice c ON c.tenant_id = v.tenant_id AND c.vote_id = v.id"
    "  AND c.number = 1 WHERE v.tenant_id = current_tenant() AND v.group_id = %s"
    " AND v.kind = %s AND v.state = 'carried' AND v.ended_at >= %s"
)


def carried(tx: Tx, group_id: uuid.UUID) -> list[Carried]:
    """The votes that a consent can stand on, the newest first."""
    since = clock.now() - timedelta(days=VOTE_DAYS_MAXIMUM)
    rows = tx.all(f"{_CARRIED} ORDER BY v.id DESC", (group_id, YES_NO, since))
    return [Carried(*row) for row in rows]


def grant(
    tx: Tx,
    group_id: uuid.UUID,
    *,
    vote_id: uuid.UUID,
    bank: str,
    valid_until: date,
    today: date,
    by: str,
) -> uuid.UUID:
    """Write down what a group agreed to; the same again, of one vote and one bank, is the consent
    that there is. Raises NotVoted, WrongConsent."""
    bank = " ".join(bank.split())
    if not 0 < len(bank) <= BANK_CHARS_MAXIMUM:
        raise WrongConsent
    if not today <= valid_until <= today + timedelta(days=DAYS_MAXIMUM):
        raise WrongConsent
    if vote_id not in {one.id for one in carried(tx, group_id)}:
        raise NotVoted
    id = uuid7()
    made = tx.one(
        "INSERT INTO savings_consent (tenant_id, id, group_id, vote_id, bank, valid_until,"
        " recorded_by) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, vote_id, bank) DO NOTHING RETURNING id",
        (id, group_id, vote_id, bank, valid_until, by),
    )
    if made is None:
        known = tx.one(
            "SELECT id FROM savings_consent WHERE tenant_id = current_tenant() AND vote_id = %s"
            " AND bank = %s",
            (vote_id, bank),
        )
        assert known is not None, "a consent is never deleted"
        return uuid.UUID(str(known[0]))
    detail = {"consent": str(id), "bank": bank, "until": valid_until.isoformat()}
    record(tx, by, "write down consent", group_id, detail)
    return id


_SELECT: Final = (
    "SELECT c.id, c.group_id, c.bank, v.question, v.ended_at, c.valid_until, c.recorded_by,"
    " c.recorded_at, c.revoked_by, c.revoked_at, c.reason FROM savings_consent c"
    " JOIN savings_vote v ON v.tenant_id = c.tenant_id AND v.id = c.vote_id"
    " WHERE c.tenant_id = current_tenant() AND c.group_id = %s"
)


def of_group(tx: Tx, group_id: uuid.UUID) -> list[Consent]:
    """All that a group ever agreed to, the newest first."""
    return [Consent(*row) for row in tx.all(f"{_SELECT} ORDER BY c.id DESC", (group_id,))]


def require(tx: Tx, group_id: uuid.UUID, consent_id: uuid.UUID, today: date) -> Consent:
    """A consent that holds today. Raises NoSuchConsent."""
    row = tx.one(f"{_SELECT} AND c.id = %s", (group_id, consent_id))
    found = Consent(*row) if row else None
    if found is None or not found.holds(today):
        raise NoSuchConsent
    return found


def revoke(tx: Tx, group_id: uuid.UUID, consent_id: uuid.UUID, *, by: str, reason: str) -> None:
    """A group takes its consent back. Raises NoSuchConsent where it holds no more."""
    row = tx.one(
        "UPDATE savings_consent SET revoked_by = %s, revoked_at = now(), reason = %s"
        " WHERE tenant_id = current_tenant() AND group_id = %s AND id = %s AND revoked_at IS NULL"
        " RETURNING bank",
        (by, reason, group_id, consent_id),
    )
    if row is None:
        raise NoSuchConsent
    detail = {"consent": str(consent_id), "bank": row[0], "reason": reason}
    record(tx, by, "take consent back", group_id, detail)
