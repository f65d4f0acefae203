"""The job that pursues a payment until it has ended: sends it once, then asks what became of it.

    created ─► mark `submitted`, COMMIT ─► the request ─► pending, failed, created again or unknown
    pending, unknown, submitted ─► the provider's status ─► paid, failed, expired, or asked again

Killed before that COMMIT, nothing has left. Killed after it, the row is found `submitted` when its
lease is over, and the status says what became of the request. A callback writes a row of its own,
so that the status is asked for at once.
"""

import logging
import uuid

from core.db.database import Deadline
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.outbox import outbox
from core.payments import payments
from workers.jobs.context import Context, current
from workers.payments.asking import Asking
from workers.payments.passing_on import PassingOn
from workers.payments.step import STEP_DEADLINE_S
from workers.payments.submitting import Submitting
from workers.process import where

log = logging.getLogger(__name__)


def pursue_payment(tenant_id: str, outbox_id: str) -> None:
    """Take a payment a step further. Never raises: what failed is retried by lease, and what RQ
    would keep of an exception could hold a person's data."""
    try:
        _pursue(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, CommitUnknown) as away:
        log.warning("payment %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("payment %s failed: %s", outbox_id, where(error), extra={"fault": error})


def _pursue(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        held = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        payment = payments.get(tx, held.subject_id) if held else None
    if held is None:
        return
    assert payment is not None, "a payment is written with its row"
    service = context.directory.by_id(payment.wallet_service_id)
    if service is None:
        raise LookupError("the wallet of a payment is no service any more")
    known = (context, tenant_id, held, payment, service)
    if payment.state == "created":
        Submitting(*known).submit()
        return
    asking = Asking(*known)
    if payment.state == "pending" and payment.has_code and not asking.is_over:
        PassingOn(*known).pass_on()
    elif payment.is_open or payment.state in ("paid", "failed", "expired", "review"):
        asking.ask()
    else:
        asking.done()
