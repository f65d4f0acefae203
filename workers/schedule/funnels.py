"""What funnels are read from, counted a little behind."""

from core.analytics import funnel_counts
from workers.limits import FUNNELS_EVERY_S
from workers.schedule.tasks import Databases, Task


def count(databases: Databases) -> int:
    """Sessions that have begun since the last time, into sums by day."""
    return funnel_counts.count_all(databases.app, databases.relay, databases.stopping.is_set)


TASKS = (Task("count_funnels", FUNNELS_EVERY_S, count, slow=True),)
