"""The job that gives up a long text whose parts did not all come: it is worked as it is."""

import logging
import uuid

from core.db.database import Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.inbox import inbox, long_texts
from core.outbox import outbox
from workers.chat.joined import incoming
from workers.chat.turn import STEP_DEADLINE_S
from workers.jobs.context import current
from workers.process import where

log = logging.getLogger(__name__)


def give_up_long_text(tenant_id: str, outbox_id: str) -> None:
    """End the text that an outbox row is about, if it has not ended. Never raises: what failed is
    tried again by lease."""
    context = current()
    try:
        with context.database.transaction(uuid.UUID(tenant_id), Deadline(STEP_DEADLINE_S)) as tx:
            row = outbox.claim(tx, uuid.UUID(outbox_id), lease_s=context.limits.job_lease_s)
            if row is None:
                return
            found = long_texts.give_up(tx, context.keys, row.subject_id)
            if found is not None:
                inbox.receive(tx, context.keys, found.service_id, incoming(found))
                log.info("long text %s: not all of it came", found.id)
            outbox.done(tx, row.outbox_id)
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("long text of %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("long text of %s: %s", outbox_id, where(error), extra={"fault": error})
