"""The job that finds who has the number that a code was asked for, and has it texted."""

import logging
import uuid
from typing import Final

from core.db.database import Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.outbox import outbox
from core.sign_in import codes
from core.tenants import directory
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

STEP_DEADLINE_S: Final = 5.0


def send_code(tenant_id: str, outbox_id: str) -> None:
    """Have the code texted that an outbox row is about. Never raises: what failed is tried again by
    lease."""
    try:
        _send(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("code of %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("code of %s: %s", outbox_id, where(error), extra={"fault": error})


def _send(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        row = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        if row is None:
            return
        # Nothing is logged of it: a log would tell which numbers are known.
        codes.send(tx, row.subject_id, directory.services_of(tx))
        outbox.done_with(tx, outbox_id)
