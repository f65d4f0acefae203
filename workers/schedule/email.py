"""The schedule of what staff are told by e-mail."""

from core.email import telling
from core.security.keyring import Keyring
from workers.limits import ALARMS_EMAILED_EVERY_S
from workers.schedule.tasks import Databases, Task


def telling_of_alarms(keys: Keyring) -> Task:
    """The task that writes to administrators of alarms that opened."""

    def tell(databases: Databases) -> int:
        return telling.tell_of_alarms(databases.app, databases.relay, keys)

    return Task("email_alarms", ALARMS_EMAILED_EVERY_S, tell)
