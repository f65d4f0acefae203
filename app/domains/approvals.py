"""What two officers decide."""

from app.domains.domain import Domain
from core.approvals import listing as lists
from core.approvals import personal, requests
from workers.schedule import requests as schedule

DOMAIN = Domain(
    name="approvals",
    lifecycles=(requests.APPROVAL_REQUEST,),
    tasks=schedule.TASKS,
    pages=("app.console.approvals.page",),
    listings=(lists.APPROVALS,),
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
)
