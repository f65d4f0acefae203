"""The kinds of job of this room."""

from core.payments.text_inbox import JOB
from workers.jobs.kinds import JobKind

JOBS = (JobKind(JOB, "default", "workers.texts.work.work_texts"),)
