"""What is done about orders by the clock."""

from core.orders import billing
from core.orders.credit import dues
from workers.limits import CREDIT_EVERY_S, ORDERS_EVERY_S
from workers.schedule.tasks import Databases, Task


def go_on(databases: Databases) -> int:
    """End reservations that nobody confirmed; invoice what was delivered, and settle it."""
    return billing.go_on(databases.app, databases.relay)


def look_at_credit(databases: Databases) -> int:
    """Remind of invoices on credit, and charge those that are late."""
    return dues.go_on(databases.app, databases.relay)


TASKS = (
    Task("orders", ORDERS_EVERY_S, go_on),
    Task("trade_credit", CREDIT_EVERY_S, look_at_credit, slow=True),
)
