"""The job that tells a tenant of an event.

    claim the row and read the fact ─► COMMIT ─► POST ─► what it came to, COMMIT

No connection to Postgres is held during the POST. A receiver that does not answer is left alone for
a while, each time longer, so that it takes one try at a time from the others and no more.
"""

import logging
import uuid
from typing import Final

from core.db.database import Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.events import events
from core.events.events import Outgoing
from core.events.payloads import Gone
from values import clock
from values.alarms import raise_alarm
from workers.events.posting import post
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

STEP_DEADLINE_S: Final = 5.0
# 5 s after the first, doubled up to an hour, come to three days.
TRIES_MAXIMUM: Final = 80
DELAY_FIRST_S: Final = 5.0
DELAY_LONGEST_S: Final = 3_600.0


def deliver_event(tenant_id: str, outbox_id: str) -> None:
    """Send the event that an outbox row is about. Never raises: what failed is tried again by
    lease."""
    try:
        _deliver(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("event of %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("event of %s: %s", outbox_id, where(error), extra={"fault": error})


def _deliver(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        event = events.claim(tx, context.keys, outbox_id, lease_s=context.limits.job_lease_s)
        if event is None:
            return
        now = clock.now()
        if event.paused_until is not None and event.paused_until > now:
            left_s = (event.paused_until - now).total_seconds()
            events.wait(tx, event, delay_s=left_s)
            return
        if event.claim.attempts > TRIES_MAXIMUM:
            events.give_up(tx, event)
            _raise_dead(tenant_id, event)
            return
        try:
            body = events.body(tx, context.keys, event)
        except Gone:
            events.drop(tx, event, "fact_gone")
            return
    is_demo = bool(context.accounts.fakes_url)
    posted = post(event.url, events.signed(event, body), body, is_demo=is_demo)
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        if posted.is_taken:
            events.delivered(tx, event, posted.reason)
        elif posted.is_gone:
            events.gone(tx, event)
        else:
            tries = min(event.claim.attempts - 1, 20)
            delay_s = min(DELAY_FIRST_S * 2.0**tries, DELAY_LONGEST_S)
            after_s = posted.retry_after_s
            events.again(
                tx, event, posted.reason, delay_s=max(delay_s, after_s), at_least_s=after_s
            )
            log.warning("event %s is not taken: %s", event.id, posted.reason)


def _raise_dead(tenant_id: uuid.UUID, event: Outgoing) -> None:
    raise_alarm(
        log,
        "events_dead",
        str(event.subscription_id),
        f"events of subscription {event.subscription_id} were given up: piga events list --dead",
        tenant_id=tenant_id,
    )
