"""The kinds of job of this room."""

from core.events.events import JOB
from workers.jobs.kinds import JobKind

JOBS = (JobKind(JOB, "default", "workers.events.deliver.deliver_event"),)
