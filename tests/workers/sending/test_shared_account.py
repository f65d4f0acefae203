"""Two tenants on one account: what one of them meets, and what stops both."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from providers.africastalking import NAME
from providers.africastalking.fake import Mode
from providers.contracts.messages import Account
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant
from tests.workers.sending.test_send import make_due, send
from workers.jobs.context import Context, install, make
from workers.sending.accounts import Installed


@dataclass
class Shared:
    """Two tenants whose texts go out by one account, each under a sender id of its own."""

    context: Context
    ours: MessagingTenant
    theirs: MessagingTenant


@pytest.fixture
def shared(tenant: MessagingTenant, fakes: Fakes) -> Iterator[Shared]:
    theirs = MessagingTenant(tenant.urls, fakes_url=fakes.url, slug="twizeyimana")
    tenant.admin.execute(
        """UPDATE tenant SET settings = '{"sms_sender": "TWIZE"}' WHERE id = %s""",
        (theirs.tenant_id,),
    )
    account = Account("shared", "key", base_url=fakes.url + "/at")
    accounts = [Installed("shared", NAME, account)]
    context = make(tenant.database, KEYS, DOMAINS.messages, accounts=accounts, limits=QUICK)
    install(context)
    yield Shared(context, tenant, theirs)
    context.directory.stop()
    theirs.close()


def test_an_unknown_sender_id_stops_nobody_else_on_its_account(
    shared: Shared, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.rest.senders = frozenset({"TWIZE"})
    stopped = [shared.ours.text() for _ in range(3)]
    sent = [shared.theirs.text() for _ in range(2)]
    for message in (stopped[0], stopped[1]):
        send(shared.ours, message)
    for message in sent:
        send(shared.theirs, message)
    send(shared.ours, stopped[2])
    assert [shared.theirs.state(message) for message in sent] == ["accepted"] * 2
    assert [shared.ours.state(message) for message in stopped] == ["queued"] * 3
    assert fakes.rest.requests == 3  # the first of ours, and theirs
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == [
        "ALARM africastalking:shared IMPUYE: The provider does not know this sender id."
        " Texts wait (invalid_sender)."
    ]


def test_a_report_finds_its_text_behind_the_hook_of_another_tenant(
    shared: Shared, fakes: Fakes
) -> None:
    """The account reports to one hook, which is ours; and while our sender id is not known, the
    others' texts go out and their reports arrive."""
    fakes.rest.senders = frozenset({"TWIZE"})
    fakes.callbacks.options = fakes.callbacks.options.changed({"dlr": "on"})
    stopped, sent = shared.ours.text(), shared.theirs.text()
    send(shared.ours, stopped)
    send(shared.theirs, sent)
    assert until(lambda: shared.theirs.state(sent) == "delivered")
    assert shared.ours.state(stopped) == "queued"
    assert shared.ours.one("SELECT count(*) FROM early_report") == (0,)


def test_an_account_without_money_stops_all_of_it(shared: Shared, fakes: Fakes) -> None:
    fakes.rest.script([Mode("code", times=None, status=405)])
    ours, theirs = shared.ours.text(), shared.theirs.text()
    send(shared.ours, ours)
    send(shared.theirs, theirs)
    assert fakes.rest.requests == 1
    assert shared.ours.states() == {"queued": 2}


def test_two_accounts_of_one_user_are_left_alone_each_for_itself(
    shared: Shared, fakes: Fakes
) -> None:
    """A user's name is a company's own: two of one provider may stand at two companies."""
    first = shared.context.accounts.installation[0]
    second = Installed("another", NAME, replace(first.account, secret="other"))
    shared.context.accounts.installation = [first, second]
    shared.ours.admin.execute(
        'UPDATE service SET settings = \'{"account": "another"}\' WHERE tenant_id = %s',
        (shared.theirs.tenant_id,),
    )
    fakes.rest.script([Mode("code", status=405)])
    ours, theirs = shared.ours.text(), shared.theirs.text()
    send(shared.ours, ours)
    send(shared.theirs, theirs)
    assert shared.ours.states() == {"queued": 1, "accepted": 1}
    assert shared.context.breaker.wait_s("africastalking:another") == 0


@pytest.mark.parametrize("status", [402, 403, 999])
def test_a_word_about_one_text_does_not_pause_its_account(
    shared: Shared, fakes: Fakes, status: int
) -> None:
    fakes.rest.script([Mode("code", status=status)])
    send(shared.ours, shared.ours.text())
    theirs = shared.theirs.text()
    send(shared.theirs, theirs)
    assert shared.theirs.state(theirs) == "accepted"


def test_a_sender_id_that_is_known_again_is_used_again(shared: Shared, fakes: Fakes) -> None:
    now = [100.0]
    shared.context.breaker._clock = lambda: now[0]
    fakes.rest.senders = frozenset()
    message = shared.ours.text()
    send(shared.ours, message)
    fakes.rest.senders = None
    now[0] += QUICK.pause_alarmed_s + 0.01
    make_due(shared.ours)
    send(shared.ours, message)
    assert shared.ours.state(message) == "accepted"
    assert shared.context.breaker.wait_s("africastalking:shared IMPUYE") == 0
