"""Signs of fraud in the console: read with their reason, judged once; a sale reversed by two."""

import re

from core.agents import signal_queue
from core.agents.signals import Signal
from core.money import ledger
from tests.app.console.test_pages import Office, office
from tests.support.phone import phone_of
from tests.support.tenants import CURRENCY

__all__ = ["office"]  # the fixture

CODE = "A111"


def test_a_sign_is_read_with_its_reason_and_judged_once(office: Office) -> None:
    tenant = office.tenant
    tenant.change(signal_queue.note, Signal(tenant.tenant_id, CODE, "split_deposits", 4))
    clerk = office.clerk("treasurer")
    reason = f"agent {CODE} put money in 4 times within an hour for one customer"
    assert reason in clerk.reads("/console")  # the work queue
    listed = clerk.reads("/console/signals")
    assert reason in listed
    [judge] = re.findall(r'action="(/console/signals/[0-9a-f-]{36}/judge)"', listed)
    assert clerk.post(judge, was="fraud", reason="").status_code == 409
    assert "It is written down." in clerk.does(judge, was="fraud", reason="asked the customer")
    assert "judged it before" in clerk.does(judge, was="nothing", reason="no")
    assert "No sign waits." in clerk.reads("/console/signals")
    assert "officer treasurer: judge agent_signal" in office.trail()
    assert office.clerk("government").get("/console/signals").status_code == 403


def test_a_sale_is_reversed_by_two_and_the_recipient_contests(office: Office) -> None:
    tenant = office.tenant
    wallet = ledger.account_id(tenant.id_of("uwera"), ledger.WALLET, CURRENCY)
    before = tenant.balance(wallet)
    phone = phone_of(tenant, "bizimana")
    phone.dial()
    phone.type("9", "1", "0788000001", "3000", "1", "1964")
    arrived = tenant.balance(wallet)[0] - before[0]
    assert arrived > 0
    asker, decider = office.clerk("treasurer"), office.clerk("company_admin")
    [reverse] = re.findall(
        r'action="(/console/agents/A111/reverse/[0-9a-f-]{36})"',
        asker.reads(f"/console/agents/{CODE}"),
    )
    assert "waits for a second person" in asker.does(reverse, reason="wrong number")
    assert tenant.balance(wallet)[1] == arrived  # held
    listed = asker.reads(f"/console/agents/{CODE}")
    [contest] = re.findall(r'action="(/console/agents/A111/contest/[0-9a-f-]{36})"', listed)
    assert "Whoever decides reads it." in asker.does(contest, reason="I gave the cash")
    [request] = re.findall(r'href="(/console/approvals/[0-9a-f-]{36})"', listed)
    assert "I gave the cash" in decider.reads(request)
    assert asker.post(f"{request}/approve").status_code == 409  # nobody decides what they asked for
    decider.does(f"{request}/approve")
    assert tenant.balance(wallet) == before
    assert "was taken back" in tenant.texts("uwera")[-1]
    reversed_, commission = tenant.texts("bizimana")[-2:]
    assert "is in your float again" in reversed_
    assert "took back 20 RWF of commission" in commission  # what the sale earned, too
