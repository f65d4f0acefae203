"""Alarms, and what happened and cost: what staff look at."""

from app.domains.domain import Domain
from core.alarms import alarms, retention
from core.analytics import retention as analytics

DOMAIN = Domain(
    name="alarms",
    lifecycles=(alarms.ALARM,),
    pages=("app.console.alarms.page",),
    retention=(*retention.RETENTION, *analytics.RETENTION),
)
