"""What is done about loans by the clock."""

from core.loans import penalties, reminders
from workers.limits import LOAN_PENALTIES_EVERY_S, REMINDERS_EVERY_S
from workers.schedule.tasks import Databases, Task


def charge(databases: Databases) -> int:
    """Write the penalties of the days that are over; each day's once."""
    return penalties.charge_due(databases.app, databases.relay)


def remind(databases: Databases) -> int:
    """Remind borrowers of instalments that are due soon, or late; each once."""
    return reminders.send_due(databases.app, databases.relay)


TASKS = (
    Task("loan_penalties", LOAN_PENALTIES_EVERY_S, charge, slow=True),
    Task("loan_reminders", REMINDERS_EVERY_S, remind, slow=True),
)
