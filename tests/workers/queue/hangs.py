"""Jobs that do not end, for the workers of the tests only."""

import time

FUNCTIONS = (
    "tests.workers.queue.hangs.can_be_ended",
    "tests.workers.queue.hangs.swallows_everything",
)


def can_be_ended(tenant_id: str, outbox_id: str) -> None:
    time.sleep(3600)


def swallows_everything(tenant_id: str, outbox_id: str) -> None:
    while True:
        try:
            time.sleep(3600)
        except Exception:
            continue
