"""The job that works a conversation: every message of it that waits, oldest first.

Killed anywhere, it leaves leases that run out: the row is queued again, and what was not answered
is worked then.
"""

import logging
import time
import uuid
from functools import partial

from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.inbox import inbox
from core.inbox.inbox import Held, LeaseLost
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.tenants.pauses import Paused
from engine.turn.chat import ChatTurns, Worked
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

STEP_DEADLINE_S = 5.0
# Another worker has the conversation: what it does not find is looked for again after this.
HELD_AGAIN_AFTER_S = 0.5


def chat_turn(tenant_id: str, outbox_id: str) -> None:
    """Work the conversation that an outbox row is about. Never raises: what failed is tried again
    by lease, and what RQ would keep of an exception could hold a person's data."""
    try:
        _work(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("conversation of %s waits: Postgres is away (%s)", outbox_id, away)
    except LeaseLost:
        log.warning("conversation of %s: another worker has it", outbox_id)
    except Exception as error:
        log.error("conversation of %s: %s", outbox_id, where(error), extra={"fault": error})


def _work(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    limits, database = context.limits, context.database
    wait_s = context.pauses.wait_s(Paused.OPERATION, tenant_id, inbox.CHAT_TURN)
    if wait_s > 0:
        _wait(context, tenant_id, outbox_id, wait_s)
        return
    found = inbox.claim_and_hold(
        database.autocommit(tenant_id, Deadline(STEP_DEADLINE_S)),
        context.keys,
        outbox_id,
        lease_s=limits.job_lease_s,
    )
    if found is None:  # done, not due, or in other hands
        return
    row, held = found
    if held is None:
        with database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            outbox.again(tx, row, delay_s=HELD_AGAIN_AFTER_S, tried=False)
        return
    turns = ChatTurns(
        database=database, keys=context.keys, directory=context.directory, flows=context.flows
    )
    # Half the lease: who does not come to the end of it goes on with a new one.
    until_s = time.monotonic() + limits.job_lease_s / 2
    worked = Worked.ONE
    try:
        while worked is Worked.ONE and time.monotonic() < until_s:
            worked = turns.work_next(tenant_id, held, partial(_end, held=held, row=row))
    except Exception:
        _let_go(context, tenant_id, held, row, delay_s=context.backoff_s(row.attempts))
        raise
    if worked is not Worked.ALL:
        _let_go(context, tenant_id, held, row, delay_s=0.0 if worked is Worked.ONE else None)


def _wait(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID, delay_s: float) -> None:
    """Put the row back: conversations are paused."""
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        row = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        if row is not None:
            outbox.again(tx, row, delay_s=delay_s, tried=False)


def _end(tx: Tx, *, held: Held, row: Claim) -> None:
    """The row is done, and the conversation free."""
    inbox.release(tx, held)
    outbox.done_with(tx, row.outbox_id)


def _let_go(
    context: Context, tenant_id: uuid.UUID, held: Held, row: Claim, *, delay_s: float | None
) -> None:
    """Give the conversation back; the row is done, or due again in `delay_s`."""
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        inbox.release(tx, held)
        if delay_s is None:
            outbox.done_with(tx, row.outbox_id)
        else:
            outbox.again(tx, row, delay_s=delay_s)
