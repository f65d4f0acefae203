"""The job that works what a device forwarded: one text a transaction, until none is left."""

import logging
import uuid
from typing import Final

from core.db.database import Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.money.errors import FrozenAccount
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.payments import exceptions
from core.payments.crediting import GAP_WAIT_S, Worked, work_next
from values.alarms import raise_alarm
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

STEP_DEADLINE_S: Final = 10.0
# In one go; what is left is another job's, so that none runs past its lease.
TEXTS_A_JOB_MAXIMUM: Final = 200
SENTENCES: Final = {
    "text_unknown": "a network writes as no format has it: piga tenant device unread",
    "text_forged": "a device forwarded texts that are not what they claim to be",
    "device_held": "a device's balances do not continue: nothing of it is credited by itself",
}


def work_texts(tenant_id: str, outbox_id: str) -> None:
    """Work the texts of the device that an outbox row is about. Never raises: what failed is tried
    again by lease."""
    try:
        _work(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("texts of %s wait: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("texts of %s: %s", outbox_id, where(error), extra={"fault": error})


def _work(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        row = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        if row is None:
            return
        exceptions.settle_known(tx)
    for _ in range(TEXTS_A_JOB_MAXIMUM):
        worked = _next(context, tenant_id, row.subject_id)
        if worked is None:
            _end(context, tenant_id, row)
            return
        if worked.alarm:
            subject = f"device {row.subject_id}"
            raise_alarm(log, worked.alarm, subject, SENTENCES[worked.alarm], tenant_id=tenant_id)
        if worked.state == "waiting":
            _end(context, tenant_id, row, again_in_s=GAP_WAIT_S / 6)
            return
    _end(context, tenant_id, row, again_in_s=0)


def _next(context: Context, tenant_id: uuid.UUID, device_id: uuid.UUID) -> Worked | None:
    """Work one text. What cannot be given to whose it is waits in suspense."""
    steps = (context.keys, context.purposes, tenant_id, device_id)
    try:
        with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            return work_next(tx, *steps)
    except FrozenAccount:
        with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            return work_next(tx, *steps, only_question=True)


def _end(
    context: Context, tenant_id: uuid.UUID, row: Claim, again_in_s: float | None = None
) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        if again_in_s is None:
            outbox.done(tx, row.outbox_id)
        else:
            outbox.again(tx, row, delay_s=again_in_s, tried=False)
