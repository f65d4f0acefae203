"""What a provider says of the wordings that it has approved: which may be sent now.

    pending ─► approved ⇄ paused      disabled and rejected are ends that only a person undoes

Of an older event that comes after a newer one nothing is taken.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx
from values import clock

APPROVED: Final = "approved"
PAUSED: Final = "paused"
DISABLED: Final = "disabled"
REJECTED: Final = "rejected"
PENDING: Final = "pending"

# The words of providers, and what they come to. A flag and an appeal stop nothing by themselves.
_STATES: Final = {
    "approved": APPROVED,
    "reinstated": APPROVED,
    "flagged": APPROVED,
    "in_appeal": APPROVED,
    "unarchived": APPROVED,
    "paused": PAUSED,
    "pending": PENDING,
    "rejected": REJECTED,
    "disabled": DISABLED,
    "locked": DISABLED,
    "archived": DISABLED,
    "deleted": DISABLED,
    "pending_deletion": DISABLED,
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event about a template, in the provider's own words."""

    provider: str
    name: str
    language: str
    state: str
    reason: str = ""
    at: datetime | None = None


def state_of(word: str) -> str:
    """What a provider's word comes to; one that nobody described is `pending`: not to be sent."""
    return _STATES.get(word, PENDING)


def note(tx: Tx, told: Told) -> bool:
    """Keep what a template has become; False for a copy, and where a newer event is known."""
    row = tx.one(
        "INSERT INTO provider_template AS t (tenant_id, provider, name, language, state, reason,"
        " changed_at) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, provider, name, language) DO UPDATE SET"
        " state = excluded.state, reason = excluded.reason, changed_at = excluded.changed_at"
        " WHERE t.changed_at <= excluded.changed_at AND t.state <> excluded.state RETURNING 1",
        (
            *(told.provider, told.name, told.language, state_of(told.state), told.reason or None),
            told.at or clock.now(),
        ),
    )
    return row is not None


def states(tx: Tx, provider: str) -> dict[tuple[str, str], str]:
    """What is known of the tenant's templates at a provider, by name and language. Of one that is
    not here nothing was heard."""
    rows = tx.all(
        "SELECT name, language, state FROM provider_template"
        " WHERE tenant_id = current_tenant() AND provider = %s",
        (provider,),
    )
    return {(name, language): state for name, language, state in rows}
