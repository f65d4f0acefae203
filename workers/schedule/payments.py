"""Looking after payments: providers that fail, unknown outcomes, money that is not there."""

import logging

from core.payments import health, trust
from values.alarms import raise_alarm
from values.currencies import written
from workers.limits import PAYMENTS_LOOKED_AT_EVERY_S, TRUST_EVERY_S
from workers.schedule.tasks import Databases, Task

log = logging.getLogger(__name__)


def look(databases: Databases) -> int:
    """Alarm of each wallet that fails too often, or whose payments nobody knows the end of."""
    failing, unclear = health.failing(databases.relay), health.unclear(databases.relay)
    for one in failing:
        raise_alarm(
            log,
            "payments_failing",
            f"{one.wallet} {one.kind}",
            f"{one.failed} of {one.begun} payments ({one.kind}) of {one.wallet} failed within an"
            " hour, by no fault of those who paid.",
            tenant_id=one.tenant_id,
        )
    for each in unclear:
        raise_alarm(
            log,
            "payments_unknown",
            each.wallet,
            f"nobody knows the outcome of {each.payments} payments of {each.wallet}:"
            " piga payments list",
            tenant_id=each.tenant_id,
        )
    return len(failing) + len(unclear)


def look_at_trust(databases: Databases) -> int:
    """Alarm where more is owed to people than there is, and where nobody has looked lately."""
    found = 0
    for tenant_id, standing in trust.of_all(databases.app, databases.relay):
        if standing.short_minor:
            found += 1
            raise_alarm(
                log,
                "trust_short",
                standing.currency,
                f"people are owed {written(standing.short_minor, standing.currency)} more than"
                " the trust accounts hold: piga trust show",
                tenant_id=tenant_id,
            )
        old = [one.account for one in standing.accounts if one.is_old]
        if old:
            found += 1
            raise_alarm(
                log,
                "trust_balance_old",
                standing.currency,
                f"nobody has said for a day and a half what is in {', '.join(old)}: piga trust say",
                tenant_id=tenant_id,
            )
    return found


TASKS = (
    Task("payments", PAYMENTS_LOOKED_AT_EVERY_S, look, slow=True),
    Task("trust", TRUST_EVERY_S, look_at_trust, slow=True),
)
