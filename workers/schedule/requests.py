"""The schedule of requests that a second officer has to decide."""

from core.approvals import requests
from workers.limits import EXPIRE_EVERY_S
from workers.schedule.tasks import Databases, Task


def expire(databases: Databases) -> int:
    return requests.expire_due(databases.app, databases.relay)


TASKS = (Task("expire_requests", EXPIRE_EVERY_S, expire),)
