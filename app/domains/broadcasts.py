"""Broadcasts: the same words to many."""

from app.domains.domain import Domain
from core.broadcasts import broadcasts, checks, personal, retention, sending
from workers.broadcasts import jobs

DOMAIN = Domain(
    name="broadcasts",
    checks=checks.CHECKS,
    lifecycles=(broadcasts.BROADCAST,),
    approvals=(sending.SEND,),
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
    endpoints=("app.api.resources.messages", "app.api.resources.broadcasts"),
    personal=personal.PERSONAL,
    pages=("app.console.broadcasts.page",),
)
