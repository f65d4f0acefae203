"""What is done about savings groups by the clock."""

from core.savings import votes
from core.security.keyring import Keyring
from workers.limits import VOTES_EVERY_S
from workers.schedule.tasks import Databases, Task


def voting(keys: Keyring) -> Task:
    """The task that ends votes whose time is over, and texts what came of them."""

    def end(databases: Databases) -> int:
        return votes.end_due(databases.app, databases.relay, keys)

    return Task("end_votes", VOTES_EVERY_S, end)
