"""What is done about fuel by the clock."""

from core.fuel import calling, complaints, stock_days
from workers.limits import FUEL_CALLS_EVERY_S, FUEL_COMPLAINTS_EVERY_S, FUEL_STOCK_EVERY_S
from workers.schedule.tasks import Databases, Task


def call_stations(databases: Databases) -> int:
    """Have those called that have not acknowledged the prices."""
    return calling.call_due(databases.app, databases.relay)


def go_up(databases: Databases) -> int:
    """Have the company look at complaints that no station answered in time."""
    return complaints.go_up_due(databases.app, databases.relay)


def reckon_stock(databases: Databases) -> int:
    """Hold new dips against the books of their tanks."""
    return stock_days.reckon_due(databases.app, databases.relay)


TASKS = (
    Task("fuel_calls", FUEL_CALLS_EVERY_S, call_stations),
    Task("fuel_complaints", FUEL_COMPLAINTS_EVERY_S, go_up),
    Task("fuel_stock", FUEL_STOCK_EVERY_S, reckon_stock),
)
