"""Events: what tenants are told of as it happens."""

from app.domains.domain import Domain
from core.events import events, retention, subscriptions
from workers.events import jobs

DOMAIN = Domain(
    name="events",
    lifecycles=(events.EVENT, subscriptions.SUBSCRIPTION),
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
    endpoints=("app.api.resources.events",),
)
