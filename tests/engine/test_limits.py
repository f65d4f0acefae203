"""What is counted: look-ups, days, guesses; and changes that are live for everybody."""

import time

import pytest

from core.agents import agents
from core.db.database import Deadline
from core.money import ledger
from core.tenants import changes, directory
from tests.support.phone import phone_of
from tests.support.stages import NOTICE
from tests.support.ussd import SPOKEN, UssdTenant

LOCKED = "Too many wrong PINs. Try again in 30 min. Forgot it? Call +250788000100."


def test_names_cannot_be_fished_for(tenant: UssdTenant) -> None:
    """A look-up that leads to no sale counts, whether somebody has the number or nobody."""
    agent = phone_of(tenant, "bizimana", posts_twice=False)
    numbers = ["0788000001", "0788999999"]
    for look in range(agents.LOOKUPS_UNSOLD_AN_HOUR_MAXIMUM):
        said = agent.dial(f"*384*10*9*1*{numbers[look % 2]}#").text
        assert "searches" not in said
    said = agent.dial("*384*10*9*1*0788000001#").text
    assert said == "Too many searches without a deposit. Try again later."


def test_a_sale_gives_the_look_up_back(tenant: UssdTenant) -> None:
    agent = phone_of(tenant, "bizimana", posts_twice=False)
    for _ in range(3):
        agent.dial("*384*10*9*1*0788000001*500#")
        assert "received" in agent.type("1", "1964").text
        tenant.later(11)
    assert tenant.one("SELECT sum(looked), sum(sold) FROM lookup_hour") == (3, 3)


def test_what_an_agent_sells_a_day_has_a_limit(tenant: UssdTenant) -> None:
    agent = phone_of(tenant, "bizimana")
    people = ["0788000001", "0788000002", "0788000003", "0788000004", "0788000008"]
    for number in people:
        agent.dial(f"*384*10*9*1*{number}*10000#")
        assert "received" in agent.type("1", "1964").text
    # And what customers approve: test_held_sales.
    sold = tenant.number("SELECT sum(amount_minor) FROM usage_day WHERE operation = 'topup'")
    assert sold == 50_000
    tenant.admin.execute("UPDATE usage_day SET amount_minor = 95000 WHERE operation = 'topup'")
    agent.dial("*384*10*9*1*0788000007*6000#")
    assert agent.type("1", "1964").text == ("The limit is 100,000 RWF a day. Nothing was taken.")


def test_an_assistant_sells_by_the_tables_of_their_level(tenant: UssdTenant) -> None:
    who = tenant.id_of("hakizimana")
    tenant.change(
        ledger.post,
        key="float of an assistant",
        kind="opening",
        lines=[
            ledger.Line(ledger.account_id(tenant.tenant_id, ledger.SETTLEMENT, "RWF"), -20_000),
            ledger.Line(ledger.account_id(who, ledger.FLOAT, "RWF"), 20_000),
        ],
        currency="RWF",
        actor_id=None,
    )
    assistant = phone_of(tenant, "hakizimana")
    assert "Between 500 RWF and 5,000 RWF" in assistant.dial("*384*10*9*1*0788000001*5001#").text
    assert "Fee: 40 RWF" in assistant.type("5000").text
    assert assistant.type("1", "5618").text.startswith("Uwera C. received 4,960 RWF, fee 40 RWF.")
    assistant.dial("*384*10*9*1*0788000002*3000#")
    assert assistant.type("1", "5618").text == ("The limit is 7,000 RWF a day. Nothing was taken.")
    agent = phone_of(tenant, "bizimana")
    assert "Fee: 150 RWF" in agent.dial("*384*10*9*1*0788000002*5001#").text


def test_a_fee_that_grew_above_the_amount_meanwhile_takes_nothing(tenant: UssdTenant) -> None:
    """Its own table and limit may begin at midnight, when the amount has been typed."""
    agent = phone_of(tenant, "bizimana", posts_twice=False)
    agent.dial("*384*10*9*1*0788000001#")
    tenant.admin.execute(
        "UPDATE tariff SET body = jsonb_set(body, '{bands}', '[{\"fee_minor\": 500}]')"
        " WHERE operation = 'topup' AND kind = 'fee'"
    )
    tenant.change(directory.touch)
    assert agent.type("500").text == "That took too long. Nothing was taken. Please start again."
    assert tenant.number("SELECT count(*) FROM intent") == 0


def test_a_limit_that_was_refused_is_not_used_up(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "habimana")
    phone.dial("*384*10*1*1*30000#")
    phone.type("1", "5091")
    phone.dial("*384*10*1*1*30001#")
    assert phone.type("1", "5091").text.startswith("The limit is")
    phone.dial("*384*10*1*1*20000#")
    assert phone.type("1", "5091").text.startswith("Saved 20,000 RWF")


def test_when_the_last_table_of_limits_has_ended_nothing_is_sold(tenant: UssdTenant) -> None:
    """Not even what was on the screen when it ended."""
    closed = "This is closed: its limits have ended. Nothing was taken. Please call +250788000100."
    agent = phone_of(tenant, "bizimana", posts_twice=False)
    agent.dial("*384*10*9*1*0788000001*500#")
    member = phone_of(tenant, "habimana", posts_twice=False)
    member.dial("*384*10*1*1*500#")
    tenant.admin.execute("UPDATE tariff SET valid_to = now() WHERE kind = 'limit'")
    tenant.change(directory.touch)
    tenant.directory.refresh()
    before = tenant.entries()
    assert member.type("1", "5091").text == closed
    assert member.dial("*384*10*1*1#").text == closed
    assert agent.dial("*384*10*9*1*0788000002#").text == closed
    assert tenant.entries() == before
    tenant.admin.execute("UPDATE tariff SET valid_to = NULL WHERE kind = 'limit'")
    tenant.change(directory.touch)
    tenant.directory.refresh()
    member.dial("*384*10*1*1*500#")
    assert member.type("1", "5091").text.startswith("Saved 500 RWF")


@pytest.mark.long
@pytest.mark.parametrize("language", SPOKEN)
def test_a_pause_is_live_within_five_seconds(tenant: UssdTenant, language: str) -> None:
    """In a process that only polls, as all do."""
    tenant.speak(language)
    tenant.directory.follow()
    try:
        phone = phone_of(tenant, "uwera", posts_twice=False)
        assert phone.dial().text.startswith("Ibimina")
        with tenant.database.transaction(tenant.tenant_id, Deadline(5)) as tx:
            changes.pause(tx, paused=True, notice=NOTICE)
        changed = time.monotonic()
        while phone.dial().text != NOTICE[language]:
            assert time.monotonic() - changed < 5
            time.sleep(0.05)
        assert phone.reply.ends
    finally:
        tenant.directory.stop()


def test_a_lockout_holds_for_another_service_and_another_phone(tenant: UssdTenant) -> None:
    first, second = phone_of(tenant, "habimana"), phone_of(tenant, "habimana/2")
    first.dial("*384*10*2#")
    first.type("9999", "8888")
    second.dial("*384*12*2#")
    assert second.type("7777").text == LOCKED
    first.dial("*384*11*1*1*500#")
    assert first.type("1", "5091").text == LOCKED
    assert tenant.entries() == 0


def test_a_right_pin_gives_the_wrong_ones_back(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    for _ in range(3):
        phone.dial("*384*10*2#")
        phone.type("9999", "8888")
        assert phone.type("2748").text.startswith("Wallet")


def test_a_refusal_after_a_right_pin_is_no_wrong_guess(tenant: UssdTenant) -> None:
    tenant.takes_no_mobile_money()
    phone = phone_of(tenant, "juma")
    for _ in range(4):
        phone.dial("*384*10*1*1*400#")
        assert phone.type("1", "6402").text.startswith("Not enough money")
    assert tenant.one("SELECT max(pin_attempts) FROM subscriber") == (0,)
