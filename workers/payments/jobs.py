"""The kinds of job of this room."""

from core.payments.payments import PURSUE
from workers.jobs.kinds import JobKind

JOBS = (JobKind(PURSUE, "default", "workers.payments.pursue.pursue_payment"),)
