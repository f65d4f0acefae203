"""Statements of accounts as PDF: taken by staff and programs, and sent by e-mail."""

import uuid
from datetime import date, timedelta

from app import domains
from core.db.database import Tx
from core.email import addresses, emails
from core.email.emails import Attachment, Content
from core.people import people
from core.security.keyring import Keyring
from core.tenants import business
from menus.texts import _, say
from values import clock
from workers.documents import of_account
from workers.documents.of_account import DAYS


def pdf(
    tx: Tx,
    keys: Keyring,
    account_id: uuid.UUID,
    *,
    first: date | None,
    last: date | None,
    by: str,
    language: str = "",
    whole: bool = True,
) -> bytes | None:
    """The statement of an account from its first day to its last, both in, as a PDF in the language
    of whose it is, or in that one; None where there is no such account. Their name is short unless
    `whole`. That it was taken is a row of the trail.

    Raises StatementTooLong.
    """
    return of_account.pdf(
        *(tx, keys, domains.load().flows, account_id),
        first=first,
        last=last,
        by=by,
        language=language,
        whole=whole,
    )


def email(tx: Tx, keys: Keyring, person_id: uuid.UUID, account_id: uuid.UUID, *, by: str) -> None:
    """Send somebody the statement of an account of theirs for the last month, to their own address
    and in their language. Raises NoEmailAddress where they have none, and what `emails.write` and
    `pdf` raise."""
    of, person = business.of_transaction(tx), people.get(tx, keys, person_id)
    to = addresses.of_person(tx, keys, person_id)
    file = pdf(tx, keys, account_id, first=None, last=None, by=by)
    if person is None or file is None:
        return
    last = clock.now(of.zone).date()
    first = last - timedelta(days=DAYS - 1)
    subject = f"{of.name}: {say(_('Statement of account'), person.language)}"
    text = f"{say(_('From {first} to {last}', first=first, last=last), person.language)}\n"
    attached = Attachment(f"statement-{last}.pdf", "application/pdf", file)
    emails.write(
        *(tx, keys),
        kind="statement",
        to=to,
        content=Content(subject, text, (attached,)),
        subscriber_id=person_id,
    )
