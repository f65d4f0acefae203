"""The job that sends somebody the statements of their accounts, in a chat of theirs."""

import logging
import uuid
from typing import Final

from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.inbox import inbox, papers
from core.inbox.papers import Chat
from core.messaging.delivery import SEND_TEXT
from core.money.statements import StatementTooLong
from core.outbox import outbox
from core.people import people
from core.tenants import business
from engine.turn.replies import Reply
from menus.limits import ATTACHMENT_BYTES_MAX
from menus.screens import Attachment
from menus.texts import _, say
from values import clock
from values.alarms import raise_alarm
from workers.documents import of_account
from workers.jobs.context import Context, current
from workers.process import where

log = logging.getLogger(__name__)

STEP_DEADLINE_S: Final = 15.0
TRIES_MAXIMUM: Final = 5
# A wallet, and the groups of one who saves in several.
STATEMENTS_MAXIMUM: Final = 5


def send_statement(tenant_id: str, outbox_id: str) -> None:
    """Draw and send what an outbox row asks for. Never raises: what failed is tried again by
    lease."""
    context, tenant, row = current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id)
    try:
        _send(context, tenant, row)
    except (Unavailable, OutcomeUnknown) as away:
        log.warning("statements of %s wait: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        raise_alarm(
            log,
            "statement_stuck",
            where(error),
            f"statements of {outbox_id} are not sent: {where(error)}",
            tenant_id=tenant,
            fault=error,
        )
        _try_again(context, tenant, row)


def _send(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    """The claim, the documents and the replies are one transaction: each is sent once."""
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        claim = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        if claim is None:  # done, not due, or in other hands
            return
        chat = papers.chat_of(tx, claim.subject_id)
        if chat is not None:  # else the chat was taken out meanwhile, and nothing goes there
            _write(context, tx, claim.subject_id, chat)
        outbox.done(tx, claim.outbox_id)


def _write(context: Context, tx: Tx, who: uuid.UUID, chat: Chat) -> None:
    person = people.get(tx, context.keys, who)
    language = person.language if person else "en"
    today = clock.now(business.of_transaction(tx).zone).date()
    words = say(_("Your statement of {day}.", day=today), language)
    for number, account_id in enumerate(papers.accounts_of(tx, who, STATEMENTS_MAXIMUM), start=1):
        content = _drawn(context, tx, account_id, who)
        if content is None:
            continue
        name = f"statement-{today}-{number}.pdf"
        file = Attachment("document", "application/pdf", name, content=content)
        reply = Reply(words, attachment=file).packed()
        place = (chat.conversation_id, chat.service_id)
        inbox.write_reply(tx, context.keys, *place, reply, send_kind=SEND_TEXT)


def _drawn(context: Context, tx: Tx, account_id: uuid.UUID, who: uuid.UUID) -> bytes | None:
    """The last month of an account, with the name as others see it; None where a file of it is
    larger than a chat takes."""
    about = (tx, context.keys, context.flows, account_id)
    try:
        content = of_account.pdf(*about, first=None, last=None, by=f"member {who}", whole=False)
    except StatementTooLong:
        return None
    return content if content and len(content) <= ATTACHMENT_BYTES_MAX else None


def _try_again(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    """The claim was rolled back with what failed."""
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        claim = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        if claim is None:
            return
        if claim.attempts >= TRIES_MAXIMUM:
            outbox.dead(tx, claim)
        else:
            outbox.again(tx, claim, delay_s=context.backoff_s(claim.attempts))
