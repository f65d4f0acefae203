"""What staff took in hand and did not do in time."""

from core.staff import work
from workers.limits import WORK_RETURNED_EVERY_S
from workers.schedule.tasks import Databases, Task


def give_back(databases: Databases) -> int:
    """It is in the queue again, and supervisors are told."""
    return work.return_lapsed(databases.app, databases.relay)


TASKS = (Task("lapsed_work", WORK_RETURNED_EVERY_S, give_back),)
