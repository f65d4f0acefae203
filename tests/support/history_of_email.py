"""E-mail in every state, and somebody who was erased, in a database with a history."""

from core.email import accounts, emails
from core.email.accounts import EmailAccount
from core.email.emails import Content
from core.erasure.erasure import Declared, erase
from core.people import people
from tests.support.domains import DOMAINS
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import UssdTenant


def what_is_emailed(tenant: UssdTenant) -> None:
    """A server with a password, and an e-mail in each state."""
    account = EmailAccount(
        *("mail.example.org", 587, "starttls", "piga", "secret"), "piga@example.org", "Ibimina"
    )
    tenant.change(accounts.keep, KEYS, tenant.tenant_id, account, by="operator test")
    ids = [
        tenant.change(
            emails.write,
            KEYS,
            kind="test",
            to=f"a{number}@example.org",
            content=Content("Muraho", "Muraho\n"),
            subscriber_id=tenant.id_of("uwera"),
        )
        for number in range(4)
    ]
    tenant.change(emails.sent, ids[0])
    tenant.change(emails.bounced, ids[1], "RCPT 550")
    tenant.change(emails.give_up, ids[2], "no server")
    tenant.admin.execute("UPDATE email SET staff_id = (SELECT id FROM staff_member LIMIT 1)")
    tenant.admin.execute("UPDATE staff_member SET email_sealed = '\\x01'")


def who_is_erased(tenant: UssdTenant) -> None:
    """Somebody who had registered, and is an id by now."""
    gone = tenant.change(
        *(people.register, KEYS),
        address="+250788777001",
        name="Kalisa Eric",
        language="en",
        roles=(),
        currency=CURRENCY,
        pin_hash=None,
    )
    tenant.change(erase, KEYS, Declared(DOMAINS.personal, DOMAINS.holds_back), gone)
