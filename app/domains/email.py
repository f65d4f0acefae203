"""E-mail out: to staff and to people, by the tenant's own server."""

from app.domains.domain import Domain
from core.email import emails, personal, retention
from workers.email import jobs

DOMAIN = Domain(
    name="email",
    lifecycles=(emails.EMAIL_STATES,),
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
)
