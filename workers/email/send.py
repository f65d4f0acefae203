"""The job that hands an e-mail to the tenant's server.

No transaction is open while the server is spoken to. Killed in between, the lease runs out and it
goes again, with the same Message-ID.
"""

import logging
import uuid
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Final

from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.email import accounts, emails
from core.email.accounts import EmailAccount
from core.email.bounces import message_id
from core.email.emails import Letter
from core.outbox import outbox
from core.outbox.outbox import Claim
from providers.smtp.send import Refused, Server, send
from values import clock
from values.alarms import raise_alarm
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

STEP_DEADLINE_S: Final = 5.0
# With the back-off of jobs that is about a day.
TRIES_MAXIMUM: Final = 100


def send_email(tenant_id: str, outbox_id: str) -> None:
    """Send the e-mail that an outbox row is about. Never raises: what failed is tried again by
    lease."""
    try:
        _send(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("e-mail of %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("e-mail of %s: %s", outbox_id, where(error), extra={"fault": error})


def _send(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        claim = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        if claim is None:
            return
        letter = emails.to_send(tx, context.keys, claim.subject_id)
        account = accounts.of_tenant(tx, context.keys, tenant_id)
        if letter is None or account is None:
            if letter is not None:
                emails.give_up(tx, letter.id, "no server")
            outbox.done(tx, outbox_id)
            return
    server = Server(
        account.host, account.port, account.security, account.username, account.password
    )
    try:
        send(server, made(letter, account, clock.now()), sender=account.sender, to=letter.to)
    except Refused as refused:
        with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            _refused(context, tx, claim, letter, refused)
        if refused.is_account:
            _alarm(tenant_id, account, refused)
        return
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        emails.sent(tx, letter.id)
        outbox.done(tx, outbox_id)


def _refused(context: Context, tx: Tx, claim: Claim, letter: Letter, refused: Refused) -> None:
    if refused.is_address:
        emails.bounced(tx, letter.id, str(refused))
    elif claim.attempts >= TRIES_MAXIMUM:
        emails.give_up(tx, letter.id, str(refused))
    else:
        outbox.again(tx, claim, delay_s=context.backoff_s(claim.attempts))
        return
    outbox.done(tx, claim.outbox_id)


def _alarm(tenant_id: uuid.UUID, account: EmailAccount, refused: Refused) -> None:
    raise_alarm(
        log,
        "email_refused",
        account.host,
        f"The mail server {account.host} takes no e-mail of ours: {refused}. Look at its account"
        " (piga email account); what waits goes on being tried for a day.",
        tenant_id=tenant_id,
    )


def made(letter: Letter, account: EmailAccount, at: datetime) -> EmailMessage:
    """An e-mail as it goes out. It says that a machine wrote it, so that none answers it."""
    message = EmailMessage()
    message["From"] = formataddr((account.sender_name, account.sender))
    message["To"] = letter.to
    message["Subject"] = letter.content.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(letter.id, account.sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.content.text)
    for one in letter.content.attachments:
        kind, _, subtype = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
    return message
