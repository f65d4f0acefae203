"""The schedule of sales that wait for their customer."""

from core.agents import approvals
from workers.limits import EXPIRE_EVERY_S
from workers.schedule.tasks import Databases, Task


def expire(databases: Databases) -> int:
    return approvals.expire_due(databases.app, databases.relay)


TASKS = (Task("expire", EXPIRE_EVERY_S, expire),)
