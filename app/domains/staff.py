"""Staff: who they are, what they may do, and what they did."""

from app.domains.domain import Domain
from core.audit import listing as trail
from core.audit import personal
from core.staff import retention, second_person
from workers.schedule import work as schedule

DOMAIN = Domain(
    name="staff",
    approvals=(second_person.NEW_WAY_IN, second_person.ROLES),
    retention=retention.RETENTION,
    tasks=schedule.TASKS,
    pages=(
        "app.console.home.page",
        "app.console.staff.page",
        "app.console.me.page",
        "app.console.audit.page",
        "app.console.jobs.page",
        "app.console.services.page",
        "app.console.menus.page",
        "app.console.funnels.page",
    ),
    listings=(trail.AUDIT,),
    personal=personal.PERSONAL,
)
