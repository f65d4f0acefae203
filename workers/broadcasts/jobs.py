"""The kinds of job of this room."""

from core.broadcasts.broadcasts import JOB
from workers.jobs.kinds import JobKind

JOBS = (JobKind(JOB, "default", "workers.broadcasts.write.write_broadcast"),)
