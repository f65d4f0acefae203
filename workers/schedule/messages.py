"""The schedule of messages: those whose worker died are looked for."""

from core.messaging import unknown_texts
from workers.limits import SENDING_STALE_AFTER_S, SWEEP_EVERY_S
from workers.schedule.tasks import Databases, Task


def sweep_sending(databases: Databases) -> int:
    return unknown_texts.sweep_sending(
        databases.app, databases.relay, older_than_s=SENDING_STALE_AFTER_S
    )


TASKS = (Task("sweep_sending", SWEEP_EVERY_S, sweep_sending),)
