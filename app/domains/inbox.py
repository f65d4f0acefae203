"""What people write on channels without a session on the wire."""

from app.domains.domain import Domain
from core.inbox import inbox, retention
from workers.chat import jobs

DOMAIN = Domain(
    name="inbox",
    lifecycles=(inbox.INBOUND_MESSAGE,),
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
)
