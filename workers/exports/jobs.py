"""The kinds of job of this room."""

from core.exports.exports import JOB
from workers.jobs.kinds import JobKind

JOBS = (JobKind(JOB, "default", "workers.exports.write.write_export"),)
