"""Messages to people."""

from app.domains.domain import Domain
from checks import messaging as samples
from core.messaging import checks, delivery, figures, personal, retention
from core.messaging import listing as lists
from workers.schedule import messages as schedule
from workers.sending import jobs

DOMAIN = Domain(
    name="messaging",
    checks=checks.CHECKS,
    figures=figures.FIGURES,
    lifecycles=(delivery.MESSAGE,),
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
    tasks=schedule.TASKS,
    samples=samples.SAMPLES,
    pages=("app.console.messages.page", "app.console.providers.page"),
    listings=(lists.MESSAGES,),
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
)
