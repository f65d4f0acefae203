"""People who sign in to a tenant's own application."""

from app.domains.domain import Domain
from core.sign_in import messages, personal, retention
from workers.sign_in import jobs

DOMAIN = Domain(
    name="sign_in",
    messages=messages.MESSAGES,
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
    endpoints=("app.api.resources.sign_in", "app.api.resources.me"),
    personal=personal.PERSONAL,
)
