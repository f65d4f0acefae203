"""The job that writes a broadcast on: some batches, then it comes again.

It writes no more than `WAITING_TEXTS_MAXIMUM` of a tenant's texts ahead of the sending workers, so
neither the outbox nor a worker's memory holds a broadcast as a whole. Killed anywhere, it leaves a
lease that runs out, and goes on behind the last batch that was committed.
"""

import logging
import uuid
from typing import Final

from core.broadcasts import broadcasts, writing
from core.broadcasts.broadcasts import Broadcast
from core.broadcasts.words import Measure
from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.outbox import outbox
from menus.sms import receipt, segments
from values.alarms import raise_alarm
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

STEP_DEADLINE_S: Final = 10.0
# A worker does other things between batches.
BATCHES_A_JOB: Final = 4
# As many wait as may.
FULL_AGAIN_AFTER_S: Final = 1.0
# All is written, and some has not left: quiet hours may last for a night.
LOOK_AGAIN_AFTER_S: Final = 3.0

MEASURE: Final = Measure(form=receipt, segments=segments)


def write_broadcast(tenant_id: str, outbox_id: str) -> None:
    """Write on the broadcast that an outbox row is about. Never raises: what failed is tried again
    by lease, and what RQ would keep of an exception could hold a person's data."""
    try:
        _write(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("broadcast of %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        raise_alarm(
            log,
            "broadcast_stuck",
            where(error),
            f"broadcast of {outbox_id} does not go on: {where(error)}",
            tenant_id=uuid.UUID(tenant_id),
            fault=error,
        )


def _write(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    for _ in range(BATCHES_A_JOB):
        # The claim, a batch and what comes next are one transaction: there is no half of it.
        with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            claim = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
            if claim is None:  # done, not due, or in other hands
                return
            found = broadcasts.lock(tx, claim.subject_id)
            if found.state != "running":
                outbox.done(tx, claim.outbox_id)  # resuming it writes another row
                return
            delay_s = _step(context, tx, found)
            if delay_s is None:
                broadcasts.finish(tx, found.id)
                outbox.done(tx, claim.outbox_id)
                return
            outbox.again(tx, claim, delay_s=delay_s, tried=False)
        if delay_s:
            return


def _step(context: Context, tx: Tx, found: Broadcast) -> float | None:
    """Write a batch; answers when to go on, None where the broadcast is done."""
    if writing.texts_waiting(tx) >= writing.WAITING_TEXTS_MAXIMUM:
        return FULL_AGAIN_AFTER_S
    service = context.directory.by_id(found.service_id)
    if service is None:  # it was closed: what is not written is written when it is back
        return LOOK_AGAIN_AFTER_S
    writer = found.writer(context.keys, service)
    if writing.write_batch(tx, context.keys, found, writer, MEASURE):
        return 0.0
    return LOOK_AGAIN_AFTER_S if writing.is_under_way(tx, found.id) else None
