"""Another release in the middle of a conversation: what still exists goes on, what has gone leads
to the nearest menu, and nobody sees a program's insides."""

import re
from typing import Any

import pytest

from app.logs import Formatter
from core.savings.groups import Membership
from core.tenants import directory
from engine.flow import Flow
from engine.turn.ussd import Turns
from flows.payments.choosing import Way
from flows.savings.contribute import Contribute
from menus.answers import Amount
from menus.screens import Ask, Menu, Option
from tests.support.phone import Phone, phone_of
from tests.support.ussd import UssdTenant, with_flow
from values.money import Money

# From the confirmation on.
HOW_IT_IS_PAID = Contribute.transitions[2:]


class WithSource(Contribute):
    """The same, but asks where the money comes from before it confirms."""

    transitions = [
        ["answer", "group", "amount"],
        ["answer", "amount", "source"],
        ["answer", "source", "confirm"],
        *HOW_IT_IS_PAID,
    ]  # fmt: skip

    def source(self) -> Menu:
        return Menu("From where?", (Option(1, "Wallet", "wallet"),))


class WithoutAmount(Contribute):
    """Asks for the amount under another name."""

    resumable = frozenset({"group"})

    transitions = [
        ["answer", "group", "how_much"],
        ["answer", "how_much", "confirm"],
        *HOW_IT_IS_PAID,
    ]  # fmt: skip

    class Answers:
        group: Membership
        how_much: Money
        way: Way
        reference: str = ""

    answers: Answers  # type: ignore[assignment]  # another release's

    def how_much(self) -> Ask:
        return Ask("How much?", Amount("RWF", 1, 1000))


class WithWeek(Contribute):
    """Its amount leans on something that older sessions never asked."""

    transitions = [
        ["answer", "week", "group"],
        *Contribute.transitions,
    ]  # fmt: skip
    initial = "week"

    class Answers(Contribute.Answers):
        week: int

    answers: Answers

    def week(self) -> Menu:
        return Menu("Which week?", (Option(1, "This", 1),))

    def amount(self) -> Ask:
        return Ask(f"How much for week {self.answers.week}?", Amount("RWF", 1, 1000))


def deploy(tenant: UssdTenant, flow: type[Flow]) -> None:
    tenant.turns = tenant.deployed(with_flow(flow))


@pytest.fixture
def phone(tenant: UssdTenant) -> Phone:
    """In the middle of saving, reached by the menu."""
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("3", "1", "1", "1")
    assert phone.place == "contribute.amount"
    return phone


def test_a_state_that_still_exists_goes_on(tenant: UssdTenant, phone: Phone) -> None:
    deploy(tenant, WithSource)
    assert phone.type("500").text.startswith("From where?")
    assert phone.type("1").text.startswith("Save in Kopera Twisungane?")
    assert phone.type("1", "2748").text.startswith("Saved 500 RWF")


def test_a_state_that_has_gone_leads_to_the_nearest_menu(tenant: UssdTenant, phone: Phone) -> None:
    deploy(tenant, WithoutAmount)
    assert phone.type("500").text == (
        "This menu has changed.\nSavings\n1 Save\n2 Balances\n0 Back 00 Home"
    )
    assert phone.type("1", "1").text.startswith("How much?")


def test_after_a_drop_too(tenant: UssdTenant, phone: Phone) -> None:
    deploy(tenant, WithoutAmount)
    assert phone.dial().text.startswith("Ibimina\n1 Save")


@pytest.mark.parametrize("drops", [False, True])
def test_a_state_that_misses_something_leads_to_the_nearest_menu(
    tenant: UssdTenant, phone: Phone, drops: bool
) -> None:
    deploy(tenant, WithWeek)
    said = phone.dial().text if drops else phone.type("0", "1").text
    assert said.startswith("This menu has changed.\nSavings\n1 Save")


def test_a_flow_that_has_gone_leads_to_the_nearest_menu(tenant: UssdTenant, phone: Phone) -> None:
    flows = dict(tenant.turns.flows)
    del flows["contribute"]
    tenant.turns = tenant.deployed(flows)
    assert phone.type("500").text.startswith("This menu has changed.\nSavings\n1 Save")
    # The tenant's tree still names it.
    assert phone.type("1").text.startswith("This menu has changed.\nSavings\n1 Save")


def test_a_broken_flow_is_a_fault_of_ours_and_told_as_one(
    tenant: UssdTenant, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Contribute):
        def confirm(self) -> Any:
            return vars(self)["no such thing"]

    tenant.faults_are_expected = True
    tenant.turns = tenant.deployed(with_flow(Broken))
    assert phone.type("500").text == "This cannot be done now. Nothing was taken."
    assert [fault.split("\n")[0] for fault in tenant.faults] == ["turn failed: KeyError"] * 2
    # Its line says when, whose, and which turn of which session.
    record = next(one for one in caplog.records if one.getMessage().startswith("turn failed"))
    line = Formatter(demo=False).format(record).split("\n")[0]
    assert re.fullmatch(
        rf"20[-\d]+T[:.\d]+Z ERROR engine\.turn\.ussd turn failed: KeyError tenant=ibimina"
        rf" session={phone.session_hash[:8]} turn=\d+ place=\S+",
        line,
    ), line
    assert "no such thing" not in "".join(tenant.faults).replace('vars(self)["no such thing"]', "")


def change_tree(tenant: UssdTenant, change: Any) -> None:
    for service in ("*384*10#",):
        found = tenant.service(service)
        tree = found.tree
        change(tree)
        import orjson

        tenant.admin.execute(
            "UPDATE service SET tree = %s WHERE id = %s", (orjson.dumps(tree).decode(), found.id)
        )
    tenant.change(directory.touch)


def test_a_menu_that_was_taken_out_leads_to_the_nearest_one(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("3", "1")
    change_tree(tenant, lambda tree: tree["menu"][2]["menu"].pop(0) and tree["menu"].pop(2))
    assert phone.type("1").text.startswith("This menu has changed.\nIbimina\n1 Save\n2 Balances\n6")


def test_an_option_that_was_taken_out_is_told(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    change_tree(tenant, lambda tree: tree["menu"].pop(2))
    assert phone.type("3").text.startswith("This menu has changed.\nIbimina\n1 Save\n2 Balances\n6")


def test_two_releases_serve_one_conversation(tenant: UssdTenant, phone: Phone) -> None:
    """While a deploy rolls out, hops reach now this release, now that one."""
    releases: list[Turns] = [tenant.turns, tenant.deployed(with_flow(WithSource))]
    answers = ["500", "1", "1", "2748"]
    for number, answer in enumerate(answers):
        tenant.turns = releases[number % 2]
        phone.posts_twice = number % 2 == 0
        phone.type(answer)
    assert tenant.entries() == 1
