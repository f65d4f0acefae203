"""The kinds of job of this room."""

from core.sign_in.codes import SEND_CODE
from workers.jobs.kinds import JobKind

# On the queue of what is sent: somebody waits for it.
JOBS = (JobKind(SEND_CODE, "send", "workers.sign_in.send_code.send_code"),)
