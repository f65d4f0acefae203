"""What is done about rides by the clock."""

from core.rides import offers
from workers.limits import RIDE_OFFERS_EVERY_S
from workers.schedule.tasks import Databases, Task


def look_further(databases: Databases) -> int:
    """Ask the next driver where one did not answer in time."""
    return offers.expire_due(databases.app, databases.relay)


TASKS = (Task("ride_offers", RIDE_OFFERS_EVERY_S, look_further),)
