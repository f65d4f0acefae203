"""E-mail from the fact to a server that others wrote, and back as a bounce."""

import email
import email.policy
import uuid
from collections.abc import Iterator

import pytest

from app.operations import statements
from core.alarms import alarms
from core.email import accounts, addresses, bounces, emails, telling
from core.email.accounts import EmailAccount
from core.email.bounces import Bounce
from core.email.errors import EmailBounced, NoEmailAccount, NoEmailAddress
from core.exports import exports
from core.lists.listing import Wanted
from core.money import ledger
from core.staff import members
from core.staff.roles import Grant
from tests.support.domains import DOMAINS
from tests.support.smtp import Taken, served
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant
from workers.email.send import send_email
from workers.exports.write import write_export

ANN = "ann@example.org"


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
def sending(tenant: MessagingTenant, taken: Taken) -> Iterator[MessagingTenant]:
    """The tenant with a mail server, and a worker's context."""
    context = tenant.context(listings=DOMAINS.listings)
    with served(taken) as port:
        with tenant.tx() as tx:
            account = EmailAccount(
                *("127.0.0.1", port, "none", "", ""), "piga@example.org", "Impuye"
            )
            accounts.keep(tx, KEYS, tenant.tenant_id, account, by="operator test")
        yield tenant
    context.directory.stop()


def work(tenant: MessagingTenant) -> None:
    """The jobs of all e-mail that is due."""
    for (outbox_id,) in tenant.admin.execute(
        "SELECT id FROM outbox WHERE kind = 'send_email' AND state <> 'done'"
    ).fetchall():
        send_email(str(tenant.tenant_id), str(outbox_id))


def states(tenant: MessagingTenant) -> list[tuple[str, str]]:
    with tenant.tx() as tx:
        return [(one.kind, one.state) for one in reversed(emails.listed(tx))]


def written(tenant: MessagingTenant, to: str = ANN) -> uuid.UUID:
    with tenant.tx() as tx:
        return emails.write(
            tx, KEYS, kind="test", to=to, content=emails.Content("A\r\nBcc: x@y.org", "Muraho\n")
        )


def test_what_staff_and_people_are_told_arrives(sending: MessagingTenant, taken: Taken) -> None:
    with sending.tx() as tx:
        roles, by = [Grant("company_admin")], "operator test"
        members.invite(tx, KEYS, sending.tenant_id, "ann", roles, by=by)
        telling.invitation(tx, KEYS, "ann", ANN, "https://piga.example/console/welcome/x")
    who = sending.person("Uwera Claudine", language="fr")
    wallet = ledger.account_id(who, ledger.WALLET, "RWF")
    sending.fund(wallet, 700)
    with sending.tx() as tx, pytest.raises(NoEmailAddress):
        statements.email(tx, KEYS, who, wallet, by="officer ann")
    with sending.tx() as tx:
        addresses.give_person(tx, KEYS, who, "uwera@example.org", actor="officer ann", reason="r")
    with sending.tx() as tx:
        statements.email(tx, KEYS, who, wallet, by="officer ann")
    sending.admin.execute("UPDATE staff_member SET state = 'active'")
    people = DOMAINS.listings["people"]
    with sending.tx() as tx:
        wanted = Wanted(since=None, until=exports.until_now())
        made = exports.ask(tx, people, "csv", wanted, by="officer ann")
    for _ in range(2):  # the job again
        write_export(str(sending.tenant_id), str(sending.outbox_of(made.id)))
    with sending.tx() as tx:
        alarms.record(tx, kind="test", subject="x", sentence="A wallet fails.", count=1)
    assert telling.tell_of_alarms(sending.database, sending.relay, KEYS) == 1
    assert telling.tell_of_alarms(sending.database, sending.relay, KEYS) == 0
    work(sending)
    assert states(sending) == [
        *(("invitation", "sent"), ("statement", "sent")),
        *(("export_ready", "sent"), ("alarm", "sent")),
    ]
    came = [email.message_from_bytes(one, policy=email.policy.default) for one in taken.messages]
    by_subject = {str(one["Subject"]): one for one in came}
    invitation = by_subject["Impuye: your invitation"]
    assert str(invitation["To"]) == ANN
    assert "https://piga.example/console/welcome/x" in invitation.get_content()
    statement = by_subject["Impuye: Relevé de compte"]
    [file] = statement.iter_attachments()
    assert file.get_content().startswith(b"%PDF")
    assert "A wallet fails." in by_subject["Impuye: 1 new alarms"].get_content()
    # Nothing of an e-mail is left in clear, nor its content at all.
    rows = sending.admin.execute("SELECT e::text FROM email e").fetchall()
    assert not any("example.org" in row for (row,) in rows)
    assert sending.count("email", "content_sealed IS NOT NULL") == 0


def test_an_address_that_the_server_refuses_gets_no_more(
    sending: MessagingTenant, taken: Taken
) -> None:
    taken.rcpt = "550 5.1.1 no such user"
    written(sending)
    work(sending)
    assert states(sending) == [("test", "bounced")]
    assert sending.one("SELECT reason FROM email") == ("RCPT 550",)
    with pytest.raises(EmailBounced):
        written(sending)
    assert written(sending, "other@example.org")
    sending.admin.execute("UPDATE email SET ended_at = ended_at - interval '31 days'")
    assert written(sending)


def test_what_a_server_cannot_take_now_goes_again_with_its_id(
    sending: MessagingTenant, taken: Taken
) -> None:
    taken.data = "451 4.3.0 try later"
    id = written(sending)
    work(sending)
    assert states(sending) == [("test", "queued")]
    taken.data = "250 OK"
    sending.admin.execute("UPDATE outbox SET available_at = now()")
    work(sending)
    work(sending)
    assert states(sending) == [("test", "sent")]
    assert len(taken.messages) == 2
    for one in taken.messages:
        assert f"Message-ID: <{id.hex}@example.org>".encode() in one
        assert b"\nBcc:" not in one


def test_a_report_that_comes_later_is_believed_of_its_own_address(
    sending: MessagingTenant,
) -> None:
    id = written(sending)
    work(sending)
    with sending.tx() as tx:
        assert not bounces.note(tx, KEYS, Bounce(uuid.uuid4(), ANN, "5.1.1"))
        assert not bounces.note(tx, KEYS, Bounce(id, "other@example.org", "5.1.1"))
        assert bounces.note(tx, KEYS, Bounce(id, ANN.upper(), "5.1.1"))
        assert not bounces.note(tx, KEYS, Bounce(id, ANN, "5.1.1"))
    assert states(sending) == [("test", "bounced")]
    with pytest.raises(EmailBounced):
        written(sending)


def test_who_has_no_server_writes_nothing(tenant: MessagingTenant) -> None:
    with pytest.raises(NoEmailAccount):
        written(tenant)
    assert tenant.count("email") == 0
