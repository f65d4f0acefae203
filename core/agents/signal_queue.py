"""Signs of fraud that wait for somebody's judgement, each with its reason.

    open ──► cleared     there is a good reason for it
       └───► confirmed   it was fraud: what follows (a freeze, a reversal) is asked for beside it

The same sign of the same agent is one row while it waits; judged, it may come again.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.agents.signals import Signal, sentence_of
from core.audit.trail import record
from core.db.database import Tx
from core.lifecycle import Lifecycle
from values.ids import uuid7

AGENT_SIGNAL: Final = Lifecycle(
    "agent_signal",
    initial="open",
    transitions=[["clear", "open", "cleared"], ["confirm", "open", "confirmed"]],
)
LISTED_MAXIMUM: Final = 200
# A sign that was judged is not shown again for the same day's sales.
QUIET_AFTER_JUDGED: Final = "interval '1 day'"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits: the agent's code, how often it was seen at most, and when first and last."""

    id: uuid.UUID
    agent_id: uuid.UUID
    agent: str
    reason: str
    times: int
    first_at: datetime
    last_at: datetime

    @property
    def sentence(self) -> str:
        """What was seen, for staff."""
        return sentence_of(self.reason, self.agent, self.times)


def note(tx: Tx, sign: Signal) -> bool:
    """Put a sign into the queue; seen again while it waits, its row says so. False where it was
    judged within a day."""
    row = tx.one(
        "INSERT INTO agent_signal AS s (tenant_id, id, agent_id, reason, times)"
        " SELECT current_tenant(), %(id)s, g.subscriber_id, %(reason)s, %(times)s FROM agent g"
        " WHERE g.tenant_id = current_tenant() AND g.code = %(agent)s"
        " AND NOT EXISTS (SELECT 1 FROM agent_signal j WHERE j.tenant_id = current_tenant()"
        "  AND j.agent_id = g.subscriber_id AND j.reason = %(reason)s"
        f"  AND j.ended_at > now() - {QUIET_AFTER_JUDGED})"
        " ON CONFLICT (tenant_id, agent_id, reason) WHERE state = 'open'"
        " DO UPDATE SET times = greatest(s.times, excluded.times), last_at = now() RETURNING id",
        {"id": uuid7(), "reason": sign.reason, "times": sign.times, "agent": sign.agent},
    )
    return row is not None


def waiting(tx: Tx) -> Sequence[Waiting]:
    """Those that nobody has judged, first come first."""
    rows = tx.all(
        "SELECT s.id, s.agent_id, g.code, s.reason, s.times, s.created_at, s.last_at"
        " FROM agent_signal s JOIN agent g ON g.tenant_id = s.tenant_id"
        "  AND g.subscriber_id = s.agent_id"
        " WHERE s.tenant_id = current_tenant() AND s.state = 'open'"
        f" ORDER BY s.id LIMIT {LISTED_MAXIMUM}"
    )
    return [Waiting(*row) for row in rows]


_END: Final = {
    trigger: AGENT_SIGNAL.advance(
        trigger, sets="ended_at = now(), judged_by = %s, why = %s", where="id = %s", returning="id"
    )
    for trigger in ("clear", "confirm")
}


def judge(tx: Tx, id: uuid.UUID, *, is_fraud: bool, actor: str, why: str) -> bool:
    """Say what it was, and why. False where somebody did before."""
    row = tx.one(_END["confirm" if is_fraud else "clear"], (actor, why, id))
    if row is None:
        return False
    record(tx, actor, "judge agent_signal", id, {"fraud": is_fraud, "reason": why})
    return True
