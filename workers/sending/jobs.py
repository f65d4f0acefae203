"""The kinds of job of this room."""

from core.messaging.delivery import SEND_TEXT
from workers.jobs.kinds import JobKind

JOBS = (
    JobKind(
        SEND_TEXT,
        "send",
        "workers.sending.send.send_text",
        bulk_function="workers.sending.bulk.send_bulk",
    ),
)
