"""Looking for people who guess PINs so slowly that no day shows it."""

import logging

from core.people.wrong_pins import guessed_in_a_week
from values.alarms import raise_alarm
from workers.limits import GUESSES_EVERY_S
from workers.schedule.tasks import Databases, Task

log = logging.getLogger(__name__)


def look(databases: Databases) -> int:
    """Alarm the staff of each tenant of which too many people had a wrong PIN within a week."""
    found = guessed_in_a_week(databases.app, databases.relay)
    for tenant in found:
        raise_alarm(
            log,
            "wrong_pins",
            "week",
            f"{tenant.slug}: wrong PINs of too many people in a week, and no right one since."
            f" Nobody is locked for it: piga tenant wrong-pins {tenant.slug} --hours 168",
            tenant_id=tenant.tenant_id,
        )
    return len(found)


TASKS = (Task("guesses", GUESSES_EVERY_S, look, slow=True),)
