"""Money in question, worked in the console: one takes it on and asks, and another decides."""

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

from core.audit import chain
from core.money import ledger
from core.payments import exceptions
from core.payments.exceptions import PaymentException
from core.payments.text_evidence import with_numbers_hidden
from core.staff.roles import Member
from tests.app.console.conftest import Clerk
from tests.support.tenants import CURRENCY, Tenant
from tests.support.texts import Till, group, join
from values.ids import uuid7

PAYER = "Divine UWASE (250788111222)"


@pytest.fixture(scope="module", autouse=True)
def _has_a_service(tenant: Tenant) -> None:
    """Receipts go by it."""
    tenant.admin.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
        " VALUES (%s, %s, 'africastalking', 'ussd', '*384*77#', '{}')",
        (tenant.tenant_id, uuid7()),
    )


class Case:
    """A group with two members, and a text of money whose owner nobody knows."""

    def __init__(self, tenant: Tenant, *, payer: str = PAYER) -> None:
        self.tenant = tenant
        self.code = f"K{uuid7().hex[-6:].upper()}"
        self.group = group(tenant, self.code)
        self.member, self.other = tenant.person(), tenant.person("Mugabo Jean")
        join(tenant, self.group, self.member, self.other)
        self.till = Till(tenant, name=self.code, wallet=self.code)
        self.till.take(self.till.received(9_000, payer))
        with tenant.tx() as tx:
            [self.found] = [one for one in exceptions.listed(tx) if one.wallet == self.code]
        self.path = f"/console/exceptions/{self.found.id}"

    def now(self) -> PaymentException:
        with self.tenant.tx() as tx:
            return exceptions.get(tx, self.found.id)

    def saved(self, member: uuid.UUID) -> int:
        account = ledger.savings_account_id(self.group, member, CURRENCY)
        return self.tenant.balance(account)[0]

    def rows(self, *parts: tuple[uuid.UUID, str]) -> dict[str, list[str]]:
        """The form's rows, with one that is left empty."""
        return {
            "number": [*(self.tenant.number_of(who) for who, _ in parts), ""],
            "kind": [*("contribution" for _ in parts), "contribution"],
            "code": [*(self.code.lower() for _ in parts), ""],
            "amount": [*(amount for _, amount in parts), ""],
        }


@pytest.fixture
def case(tenant: Tenant) -> Iterator[Case]:
    yield Case(tenant)
    assert tenant.broken() == []


@pytest.fixture
def clerks(web: Flask, tenant: Tenant, staff: dict[str, Member]) -> dict[str, Clerk]:
    roles = ("operator", "treasurer", "company_admin", "auditor")
    return {role: Clerk(web, tenant).signs_in(staff[role]) for role in roles}


def request_path(clerk: Clerk, case: Case) -> str:
    [path] = re.findall(r"/console/approvals/[0-9a-f-]{36}", clerk.reads(case.path))
    return str(path)


def test_one_asks_for_two_parts_and_another_decides(case: Case, clerks: dict[str, Clerk]) -> None:
    maker, checker = clerks["operator"], clerks["treasurer"]
    assert "nobody is suggested" in maker.reads("/console/exceptions")
    assert "It is yours" in maker.does(f"{case.path}/claim")
    assert "It is yours" in maker.does(f"{case.path}/claim")  # a double click
    asked = {**case.rows((case.member, "4,000"), (case.other, "5000")), "reason": ["they phoned"]}
    for _ in range(2):
        assert "It waits for a second person" in maker.does(f"{case.path}/allocate", **asked)
    other = {**case.rows((case.member, "9000")), "reason": ["all hers"]}
    assert "asked for another allocation" in maker.post(f"{case.path}/allocate", **other).text
    path = request_path(maker, case)
    assert maker.post(f"{path}/approve").status_code == 403  # an operator decides nothing
    assert f"{case.path}/allocate" not in maker.offers(case.path)
    page = checker.reads(path)
    assert "4,000 RWF" in page
    assert "5,000 RWF" in page
    assert "It is approved" in checker.does(f"{path}/approve")
    assert "You approved it before" in checker.does(f"{path}/approve")
    assert (case.saved(case.member), case.saved(case.other)) == (4_000, 5_000)
    assert case.now().state == "allocated"
    assert maker.post(f"{case.path}/dismiss", reason="again").status_code == 409
    assert str(case.found.id) in maker.reads("/console/exceptions?show=settled")


def test_who_may_decide_decides_not_their_own(case: Case, clerks: dict[str, Clerk]) -> None:
    maker = clerks["treasurer"]
    maker.does(f"{case.path}/allocate", **case.rows((case.other, "")), reason="he showed the text")
    path = request_path(maker, case)
    own = maker.post(f"{path}/approve")
    assert (own.status_code, "you asked for it yourself" in own.text) == (409, True)
    assert case.saved(case.other) == 0


def test_the_second_clerk_is_told_whose_it_is(case: Case, clerks: dict[str, Clerk]) -> None:
    first, second, admin = clerks["operator"], clerks["treasurer"], clerks["company_admin"]
    take = f"/console/home/exception/{case.found.id}/take"
    assert "9,000 RWF on" in first.reads("/console")
    assert "until you let it go" in first.does(take)
    for act in ("claim", "release", "allocate", "dismiss", "pay-back"):
        told = second.post(f"{case.path}/{act}", **case.rows((case.member, "")), reason="mine")
        assert (told.status_code, "operator is working on it" in told.text) == (409, True), act
    assert second.post(take).status_code == 409
    assert "operator is working on it" in second.reads(case.path)
    assert second.post(f"{case.path}/take-back", reason="gone home").status_code == 403
    assert "in the queue again" in admin.does(f"{case.path}/take-back", reason="gone home")
    assert "It is yours" in second.does(f"{case.path}/claim")
    second.does(f"/console/home/exception/{case.found.id}/let-go")
    assert case.now().owner is None


def test_the_payers_number_is_hidden_until_somebody_says_why(
    tenant: Tenant, clerks: dict[str, Clerk]
) -> None:
    case = Case(tenant, payer="Divine <b>UWASE</b> (250788111222)")
    page = clerks["auditor"].reads(case.path)
    assert "250788111222" not in page
    assert "••• 222" in page
    assert "&lt;b&gt;UWASE" in page
    assert clerks["auditor"].offers(case.path) == {"/console/sign-out"}
    for role in ("auditor", "operator"):
        assert clerks[role].post(f"{case.path}/whole", reason="to see").status_code == 403
    assert clerks["treasurer"].post(f"{case.path}/whole", reason=" ").status_code == 409
    whole = clerks["treasurer"].post(f"{case.path}/whole", reason="to call the payer").text
    assert "250788111222" in whole
    with tenant.tx() as tx:
        trail = [f"{one.actor}: {one.action}" for one in chain.page(tx)]
    assert trail[0] == "officer treasurer: see whole text"
    assert "officer auditor: look at exception" in trail


def test_a_suggestion_is_asked_for_by_one_click(tenant: Tenant, clerks: dict[str, Clerk]) -> None:
    case = Case(tenant)
    number = tenant.number_of(case.member).removeprefix("+")
    case.till.take(case.till.received(3_000, f"Uwera C. ({number})"))
    with tenant.tx() as tx:
        found = [one for one in exceptions.listed(tx) if one.wallet == case.code]
    suggested = next(one for one in found if one.amount_minor == 3_000)
    path = f"/console/exceptions/{suggested.id}"
    maker = clerks["operator"]
    page = maker.reads(path)
    assert "the payer&#39;s number is theirs" in page
    assert maker.post(f"{path}/allocate", candidate="7", reason="r").status_code == 409
    assert "It waits" in maker.does(f"{path}/allocate", candidate="0", reason="her own number")
    assert f"{path}/allocate" not in maker.offers(path)


def test_money_goes_back_to_its_payer(case: Case, clerks: dict[str, Clerk]) -> None:
    maker, checker = clerks["operator"], clerks["company_admin"]
    assert maker.post(f"{case.path}/dismiss", reason="unknown").status_code == 409
    maker.does(f"{case.path}/pay-back", reason="sent by mistake")
    checker.does(f"{request_path(checker, case)}/approve")
    assert case.now().state == "to_pay_back"
    assert maker.post(f"{case.path}/paid-back", txid=" ").status_code == 409
    txid = f"BACK{uuid7().hex[-8:]}"
    assert "It is booked" in maker.does(f"{case.path}/paid-back", txid=txid)
    assert maker.post(f"{case.path}/paid-back", txid=txid).status_code == 409
    assert case.now().state == "paid_back"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"number": ["", ""]}, "Say whose it is"),
        ({"number": ["nonsense"]}, "There is no such phone number."),
        ({"number": ["0788999998"]}, "Nobody has that number here."),
        ({"code": ["NONE"]}, "There is no contribution:NONE."),
        ({"kind": ["x"]}, "Nobody pays for x"),
        ({"amount": ["8999"]}, "The parts add up to 8,999 RWF, and it is 9,000 RWF."),
        ({"amount": ["-9000"]}, "is no amount in RWF"),
        ({"amount": ["9e3"]}, "is no amount in RWF"),
        ({"reason": [" "]}, "A reason is needed"),
    ],
)
def test_a_form_that_is_wrong_says_how(
    case: Case, clerks: dict[str, Clerk], rows: dict[str, list[str]], told: str
) -> None:
    form = {**case.rows((case.member, "")), "reason": ["phoned"], **rows}
    answer = clerks["operator"].post(f"{case.path}/allocate", **form)
    assert (answer.status_code, told in answer.text) == (409, True), answer.text
    assert case.now().state == "open"


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("from Jo (250788111222) at 10:05", "from Jo (••• 222) at 10:05"),
        ("call +250 788 111 222 now", "call ••• 222 now"),
        ("0788-111-222.", "••• 222."),
        ("on 2026-11-29 10:00:11 you got 9,000 RWF", "on 2026-11-29 10:00:11 you got 9,000 RWF"),
        ("Id: 27100000123", "Id: ••• 123"),
        ("(*********321)", "(*********321)"),
    ],
)
def test_numbers_in_words_end_in_three_digits(words: str, hidden: str) -> None:
    assert with_numbers_hidden(words) == hidden
