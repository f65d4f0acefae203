"""What is done about orders by the clock."""

from core.orders import billing
from workers.limits import ORDERS_EVERY_S
from workers.schedule.tasks import Databases, Task


def go_on(databases: Databases) -> int:
    """End reservations that nobody confirmed; invoice what was delivered, and settle it."""
    return billing.go_on(databases.app, databases.relay)


TASKS = (Task("orders", ORDERS_EVERY_S, go_on),)
