"""What is done about savings groups by the clock."""

from core.savings import reminders, votes
from core.security.keyring import Keyring
from workers.limits import REMINDERS_EVERY_S, VOTES_EVERY_S
from workers.schedule.tasks import Databases, Task


def voting(keys: Keyring) -> Task:
    """The task that ends votes whose time is over, and texts what came of them."""

    def end(databases: Databases) -> int:
        return votes.end_due(databases.app, databases.relay, keys)

    return Task("end_votes", VOTES_EVERY_S, end)


def remind(databases: Databases) -> int:
    """Remind members of meetings, and committees of terms that end; each once."""
    return reminders.send_due(databases.app, databases.relay)


TASKS = (Task("savings_reminders", REMINDERS_EVERY_S, remind, slow=True),)
