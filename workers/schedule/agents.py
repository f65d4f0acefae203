"""Looking at what agents do: signs of fraud are alarms of the tenant's staff."""

import logging

from core.agents import float_asks, float_offers, sale_reversal, signal_queue, signals
from values.alarms import raise_alarm
from workers.limits import AGENTS_LOOKED_AT_EVERY_S, EXPIRE_EVERY_S
from workers.schedule.tasks import Databases, Task

log = logging.getLogger(__name__)


def look(databases: Databases) -> int:
    """Answers how many signs there were."""
    found = 0
    for one in signals.of_all(databases.app, databases.relay):
        found += 1
        with databases.app.transaction(one.tenant_id) as tx:
            is_new = signal_queue.note(tx, one)
        if not is_new:
            continue
        raise_alarm(
            log,
            f"agent_{one.reason}",
            one.agent,
            f"{one.sentence} (/console/signals)",
            tenant_id=one.tenant_id,
        )
    return found


def drop_reversals(databases: Databases) -> int:
    """Let go what was held for reversals that two officers did not agree on."""
    return sale_reversal.drop_ended(databases.app, databases.relay)


def expire_float(databases: Databases) -> int:
    """Float that nobody took in time is its giver's again; what nobody answered is over."""
    ended = float_offers.expire_due(databases.app, databases.relay)
    return ended + float_asks.expire_due(databases.app, databases.relay)


TASKS = (
    Task("agent_signals", AGENTS_LOOKED_AT_EVERY_S, look, slow=True),
    Task("agent_reversals", EXPIRE_EVERY_S, drop_reversals),
    Task("agent_float", EXPIRE_EVERY_S, expire_float),
)
