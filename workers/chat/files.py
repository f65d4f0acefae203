"""The job that fetches a file that somebody sent.

    claim the row ─► COMMIT ─► GET ─► sealed and kept, refused, lost, or again; COMMIT

No connection to Postgres is held during the GET. Its sender is told only where the file is not
taken: each message of a chat is paid for, and what was answered with it has its reply already.
"""

import logging
import uuid
from typing import Final

from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.inbox import files, inbox
from core.inbox.files import Wanted
from core.messaging.delivery import SEND_TEXT
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.tenants.directory import Service
from engine.turn.replies import words
from menus import sentences
from providers.contracts.files import FileError
from providers.contracts.messages import Refused
from values.alarms import raise_alarm
from values.file_types import type_of
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

STEP_DEADLINE_S: Final = 10.0
# Its own credential is what our side can mend: of the others nobody can.
_ALARMED: Final = frozenset({"credential", "bad_account"})


def fetch_file(tenant_id: str, outbox_id: str) -> None:
    """Fetch the file that an outbox row is about. Never raises: what failed is tried again by
    lease."""
    try:
        _fetch(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("file of %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("file of %s: %s", outbox_id, where(error), extra={"fault": error})


def _fetch(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        claim = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        if claim is None:
            return
        wanted = files.wanted(tx, context.keys, claim.subject_id)
        service = context.directory.by_id(wanted.service_id) if wanted is not None else None
        if wanted is None or service is None or _is_refused_unread(tx, wanted):
            outbox.done(tx, claim.outbox_id)
            return
    content, mime_type, failed = b"", "", ""
    try:
        content = context.accounts.files(service).fetch(wanted.reference, files.BYTES_MAXIMUM)
        mime_type = type_of(content)
    except (FileError, Refused) as error:
        failed = error.code
        again = error.again if isinstance(error, FileError) else True
        if failed in _ALARMED:
            _raise_alarm(service, failed)
        if again and claim.attempts < context.limits.attempts_maximum:
            _again(context, service, claim)
            return
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        _end(context, tx, service, wanted, content, mime_type, failed)
        outbox.done(tx, claim.outbox_id)


def _is_refused_unread(tx: Tx, wanted: Wanted) -> bool:
    """Whether there were too many already. Nobody is told, which would be one more message each."""
    return wanted.before >= files.A_DAY_MAXIMUM and files.refuse(tx, wanted.id, "too_many")


def _end(  # noqa: PLR0917 - one call of it
    context: Context,
    tx: Tx,
    service: Service,
    wanted: Wanted,
    content: bytes,
    mime_type: str,
    failed: str,
) -> None:
    if mime_type:
        files.keep(tx, context.keys, wanted.id, content, mime_type)
        return
    refused = failed == "too_large" or not failed
    end = files.refuse if refused else files.lose
    if end(tx, wanted.id, failed or "type"):
        language = wanted.language or service.tenant.languages[0]
        reply = words(service, sentences.FILE_NOT_TAKEN, language).packed()
        place = (wanted.conversation_id, service.id)
        inbox.write_reply(tx, context.keys, *place, reply, send_kind=SEND_TEXT)


def _again(context: Context, service: Service, claim: Claim) -> None:
    with context.database.transaction(service.tenant.id, Deadline(STEP_DEADLINE_S)) as tx:
        outbox.again(tx, claim, delay_s=context.backoff_s(claim.attempts))


def _raise_alarm(service: Service, why: str) -> None:
    raise_alarm(
        log,
        "file_credential",
        service.code,
        f"files that people send cannot be fetched: service={service.code} why={why}",
        tenant_id=service.tenant.id,
    )
