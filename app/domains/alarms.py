"""Alarms, and what happened and cost: what staff look at."""

from app.domains.domain import Domain
from core.alarms import alarms, figures, retention
from core.analytics import retention as analytics
from workers.schedule import funnels as schedule

DOMAIN = Domain(
    name="alarms",
    lifecycles=(alarms.ALARM,),
    pages=("app.console.alarms.page",),
    figures=figures.FIGURES,
    tasks=schedule.TASKS,
    retention=(*retention.RETENTION, *analytics.RETENTION),
)
