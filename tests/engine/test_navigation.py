"""0 back and 00 home at every leaf, and where a drop at each state leads."""

import pytest

from tests.support.domains import FLOWS
from tests.support.phone import phone_of
from tests.support.situations import holding
from tests.support.ussd import UssdTenant

# Every leaf of the tree: what is dialled, the flow, and the menu that it hangs in.
LEAVES = [
    ("1", "contribute", ""),
    ("2", "balances", ""),
    ("3*1*1", "contribute", "services/savings"),
    ("3*1*2", "balances", "services/savings"),
    ("6", "statement", ""),
    ("7", "receipts", ""),
    ("8*1", "change_pin", "account"),
    ("8*2", "language", "account"),
    ("9*1", "topup", "agent"),
    ("9*4*1", "float_balance", "agent/float"),
    ("9*4*4", "float_statement", "agent/float"),
    ("9*8", "pending_sales", "agent"),
]


@pytest.mark.parametrize(("dialled", "flow", "menu"), LEAVES)
@pytest.mark.parametrize("key", ["0", "00"])
def test_back_and_home_at_every_leaf(
    tenant: UssdTenant, dialled: str, flow: str, menu: str, key: str
) -> None:
    phone = phone_of(tenant, "bizimana")
    phone.dial(f"*384*10*{dialled}#")
    assert phone.place == f"{flow}.{FLOWS[flow].initial}"
    phone.type(key)
    assert phone.place == f"menu:{menu if key == '0' else ''}"
    # And from there the same way again.
    last = dialled.rpartition("*")[2] if key == "0" else dialled
    phone.type(*last.split("*"))
    assert phone.place == f"{flow}.{FLOWS[flow].initial}"


# What is dialled and then answered, where that leads, and where a drop there leads to.
DROPS = [
    ("1", "", "contribute.group", "contribute.group"),
    ("1*1", "", "contribute.amount", "contribute.amount"),
    ("1*1*500", "", "contribute.confirm", "contribute.confirm"),
    ("1*1*500", "1", "contribute.pin", "contribute.confirm"),
    ("3*1*1*1*500", "1", "contribute.pin", "contribute.confirm"),
    ("2", "", "balances.pin", "menu:"),
    ("3*1*2", "", "balances.pin", "menu:services/savings"),
    ("6", "", "statement.pin", "menu:"),
    ("7", "", "receipts.pin", "menu:"),
    ("8*1", "", "change_pin.old", "menu:account"),
    ("8*1", "1964", "change_pin.pin", "menu:account"),
    ("8*1", "1964*730518", "change_pin.again", "menu:account"),
    ("8*2", "", "language.choice", "language.choice"),
    ("8*3", "", "menu:account/help", "menu:account/help"),
    ("9*1", "", "topup.customer", "topup.customer"),
    ("9*1*0788000005", "", "topup.person", "topup.customer"),
    ("9*1*0788000005*1", "", "topup.amount", "topup.amount"),
    ("9*1*0788000001*900", "", "topup.confirm", "topup.confirm"),
    ("9*1*0788000001*900", "1", "topup.pin", "topup.confirm"),
    # Held: what was confirmed is done, and there is nothing to go on with.
    ("9*1*0788000001*12000", "1*1964", "topup.code", "menu:"),
    ("9*4*1", "", "float_balance.pin", "menu:agent/float"),
    ("9*4*4", "", "float_statement.pin", "menu:agent/float"),
    ("9*8", "", "pending_sales.pin", "menu:agent"),
]


@pytest.mark.parametrize(("dialled", "answers", "left", "led_to"), DROPS)
def test_where_a_drop_leads(
    tenant: UssdTenant, dialled: str, answers: str, left: str, led_to: str
) -> None:
    phone = phone_of(tenant, "bizimana")
    phone.dial(f"*384*10*{dialled}#")
    phone.type(*filter(None, answers.split("*")))
    assert phone.place == left
    said = phone.dial().text
    assert phone.place == led_to
    assert said.startswith("Continuing where you stopped.") == (led_to != "menu:")


def test_every_state_of_a_drop_was_looked_at() -> None:
    """A new flow's states belong into the table above."""
    looked_at = {left for _, _, left, _ in DROPS}
    hanging = {flow for _, flow, _ in LEAVES}
    missing = {
        f"{name}.{state}"
        for name in hanging
        for state in FLOWS[name].resumable
        if f"{name}.{state}" not in looked_at
    }
    assert missing == set()


def test_home_at_home_is_no_wrong_answer(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    menu = phone.shows
    for _ in range(4):
        assert phone.type("00").text == menu


def test_the_third_code_may_be_typed(tenant: UssdTenant) -> None:
    """A wrong code has tries of its own: nobody is asked whether to call back instead."""
    holding(tenant)
    phone = phone_of(tenant, "bizimana", posts_twice=False)
    phone.dial("*384*10*9*8#")
    phone.type("1964", "1", "1", "12", "000000", "000000")
    assert "Tries left: 1" in phone.shows
    assert phone.type(tenant.codes()[-1]).ends
    assert tenant.entries("topup") == 1
