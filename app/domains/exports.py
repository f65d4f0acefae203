"""Exports: lists as files that people take away."""

from app.domains.domain import Domain
from core.exports import exports, personal, retention
from workers.exports import jobs

DOMAIN = Domain(
    name="exports",
    lifecycles=(exports.EXPORT,),
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
    pages=(
        "app.console.exports.page",
        "app.console.lists.page",
    ),
    endpoints=("app.api.resources.exports",),
    personal=personal.PERSONAL,
)
