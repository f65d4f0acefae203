"""The kinds of job of this room."""

from core.messaging.delivery import SEND_TEXT
from core.messaging.provider_report import ASK_BALANCE
from workers.jobs.kinds import JobKind

JOBS = (
    JobKind(
        SEND_TEXT,
        "send",
        "workers.sending.send.send_text",
        bulk_function="workers.sending.bulk.send_bulk",
    ),
    JobKind(ASK_BALANCE, "send", "workers.sending.balance.ask_balance"),
)
