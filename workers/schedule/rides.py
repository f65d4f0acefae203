"""What is done about rides by the clock."""

from core.rides import offers, paper_reminders
from workers.limits import RIDE_OFFERS_EVERY_S, RIDE_PAPERS_EVERY_S
from workers.schedule.tasks import Databases, Task


def look_further(databases: Databases) -> int:
    """Ask the next driver where one did not answer in time."""
    return offers.expire_due(databases.app, databases.relay)


def look_after_papers(databases: Databases) -> int:
    """Remind riders of papers that end; whose have ended is off duty."""
    return paper_reminders.look_after(databases.app, databases.relay)


TASKS = (
    Task("ride_offers", RIDE_OFFERS_EVERY_S, look_further),
    Task("ride_papers", RIDE_PAPERS_EVERY_S, look_after_papers, slow=True),
)
