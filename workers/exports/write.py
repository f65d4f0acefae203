"""The job that reads an export on: some pages, then it comes again; at last it writes the file.

The claim, a page and where reading goes on are one transaction: killed anywhere, it leaves a lease
that runs out, and goes on behind the last page that was committed. The file is written of what was
read, so that a second try writes the same.
"""

import logging
import time
import uuid
from typing import Final

from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.email import telling
from core.exports import exports, writing
from core.exports.exports import Export
from core.lists.listing import Listing
from core.outbox import outbox
from core.outbox.outbox import Claim
from values.alarms import raise_alarm
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

# A worker does other things between pages.
READ_FOR_S: Final = 5.0
# What fails so often fails always.
TRIES_MAXIMUM: Final = 10
FAILED: Final = "It could not be written. Ask for it again; Piga's operator sees what went wrong."


def write_export(tenant_id: str, outbox_id: str) -> None:
    """Go on with the export that an outbox row is about. Never raises: what failed is tried again
    by lease, and what RQ would keep of an exception could hold a person's data."""
    try:
        _go_on(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("export of %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        raise_alarm(
            log,
            "export_stuck",
            where(error),
            f"export of {outbox_id} does not go on: {where(error)}",
            tenant_id=uuid.UUID(tenant_id),
            fault=error,
        )
        _count_failure(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))


def _count_failure(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    """The claim was rolled back with what failed. Where the file was being written it was not, and
    its lease runs out."""
    with context.database.transaction(tenant_id, Deadline(writing.STEP_DEADLINE_S)) as tx:
        claim = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        if claim is None:
            return
        if claim.attempts >= TRIES_MAXIMUM:
            _end(tx, claim, exports.get(tx, claim.subject_id, lock=True))
        else:
            outbox.again(tx, claim, delay_s=context.backoff_s(claim.attempts))


def _go_on(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    until_s = time.monotonic() + READ_FOR_S
    while True:
        with context.database.transaction(tenant_id, Deadline(writing.STEP_DEADLINE_S)) as tx:
            claim = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
            if claim is None:  # done, not due, or in other hands
                return
            found = exports.get(tx, claim.subject_id, lock=True)
            listing = context.listings.get(found.listing)
            if not found.is_open or listing is None or claim.attempts > TRIES_MAXIMUM:
                _end(tx, claim, found)
                return
            if found.state == "reading":
                more = writing.read_page(tx, context.keys, listing, found)
                found = exports.get(tx, found.id)
                if found.state != "writing":
                    # It goes on at once, also where it failed: then it is done.
                    outbox.again(tx, claim, delay_s=0.0, tried=False)
        if found.state == "writing":
            _write(context, tenant_id, claim, listing, found)
            return
        if not more or time.monotonic() > until_s:
            return


def _end(tx: Tx, claim: Claim, found: Export) -> None:
    """There is nothing more to do for it."""
    if found.is_open:
        exports.fail(tx, found.id, FAILED)
    outbox.done(tx, claim.outbox_id)


def _write(
    context: Context, tenant_id: uuid.UUID, claim: Claim, listing: Listing, found: Export
) -> None:
    """Within the claim's lease; who comes behind it, finds it written."""

    def done(tx: Tx, was_new: bool) -> None:
        outbox.done(tx, claim.outbox_id)
        if was_new:
            telling.export_ready(tx, context.keys, found.asked_by, listing.title)

    writing.write_file(context.database, context.keys, tenant_id, listing, found, with_it=done)
