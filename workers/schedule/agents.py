"""Looking at what agents do: signs of fraud are alarms of the tenant's staff."""

import logging

from core.agents import signals
from values.alarms import raise_alarm
from workers.limits import AGENTS_LOOKED_AT_EVERY_S
from workers.schedule.tasks import Databases, Task

log = logging.getLogger(__name__)


def look(databases: Databases) -> int:
    """Answers how many signs there were."""
    found = 0
    for one in signals.of_all(databases.app, databases.relay):
        found += 1
        raise_alarm(
            log,
            f"agent_{one.reason}",
            one.agent,
            f"{one.sentence} (/console/agents)",
            tenant_id=one.tenant_id,
        )
    return found


TASKS = (Task("agent_signals", AGENTS_LOOKED_AT_EVERY_S, look, slow=True),)
