"""The kinds of job of this room."""

from core.email.emails import JOB
from workers.jobs.kinds import JobKind

JOBS = (JobKind(JOB, "default", "workers.email.send.send_email"),)
