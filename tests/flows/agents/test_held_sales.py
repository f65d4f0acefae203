"""Held sales against the agent's limit of a day, and against a freeze in between."""

import pytest

from core.agents import agents
from core.money.errors import HoldGone
from core.people import people
from core.savings import groups
from engine.wording import refusal
from menus.texts import say
from tests.support.phone import Phone, phone_of
from tests.support.stages import WHY, what_is_due_is_ended
from tests.support.ussd import UssdTenant

OVER = "The limit is 100,000 RWF a day. Nothing was taken."
ON_HOLD = "This account is on hold. Nothing was taken. Please call +250788000100."


def hold(agent: Phone, number: str, amount: int) -> str:
    """What the agent is told who sells above what a customer gets unapproved."""
    agent.dial(f"*384*10*9*1*{number}*{amount}#")
    return agent.type("1", "1964").text


def approve(tenant: UssdTenant, who: str) -> str:
    customer = phone_of(tenant, who)
    assert customer.dial().text.startswith("Bizimana O. A111 puts money in your wallet.")
    return customer.type("1", tenant.people[who].pin).text


def sold_today(tenant: UssdTenant) -> int:
    return tenant.number(
        "SELECT coalesce(sum(amount_minor), 0) FROM usage_day WHERE operation = 'topup'"
    )


def sold_already(tenant: UssdTenant, amount: int) -> None:
    tenant.admin.execute(
        "INSERT INTO usage_day SELECT id, %s, 'topup', (now() AT TIME ZONE time_zone)::date, 1, %s"
        " FROM tenant WHERE id = %s ON CONFLICT (tenant_id, subscriber_id, operation, day)"
        " DO UPDATE SET amount_minor = excluded.amount_minor",
        (tenant.id_of("bizimana"), amount, tenant.tenant_id),
    )


def states(tenant: UssdTenant) -> tuple[object, ...]:
    """Of the one approval, its hold and its intent, and what is held of the agent's float."""
    return tenant.one(
        "SELECT p.state, h.state, i.state, a.held_minor FROM approval p"
        " JOIN hold h ON h.id = p.hold_id JOIN intent i ON i.id = p.intent_id"
        " JOIN account a ON a.id = h.account_id"
    )


def test_a_held_sale_counts_towards_the_agents_day_when_it_is_approved(tenant: UssdTenant) -> None:
    agent = phone_of(tenant, "bizimana")
    assert hold(agent, "0788000001", 60_000).startswith("Waiting")
    assert sold_today(tenant) == 0
    assert approve(tenant, "uwera").startswith("You received 59,850 RWF")
    assert sold_today(tenant) == 60_000
    assert hold(agent, "0788000002", 40_001) == OVER
    assert tenant.number("SELECT count(*) FROM approval") == 1
    assert hold(agent, "0788000002", 30_000).startswith("Waiting")
    assert agent.type(tenant.codes()[-1]).text.startswith("Habimana E. received 29,850 RWF")
    assert sold_today(tenant) == 90_000
    agent.dial("*384*10*9*1*0788000003*10000#")
    assert "received" in agent.type("1", "1964").text
    agent.dial("*384*10*9*1*0788000004*500#")
    assert agent.type("1", "1964").text == OVER


def test_what_waits_has_its_room_until_it_is_cancelled(tenant: UssdTenant) -> None:
    agent = phone_of(tenant, "bizimana")
    assert hold(agent, "0788000001", 60_000).startswith("Waiting")
    assert hold(agent, "0788000002", 50_000) == OVER
    agent.dial("*384*10*9*8#")
    assert agent.type("1964", "1", "2").text.startswith("Deposit cancelled")
    assert hold(agent, "0788000002", 50_000).startswith("Waiting")


@pytest.mark.parametrize("by", ["customer", "code"])
def test_the_day_may_be_full_when_it_is_approved(tenant: UssdTenant, by: str) -> None:
    agent = phone_of(tenant, "bizimana")
    assert hold(agent, "0788000001", 60_000).startswith("Waiting")
    sold_already(tenant, 45_000)
    if by == "customer":
        assert approve(tenant, "uwera") == (
            "This agent has reached today's limit. Nothing was taken."
        )
    else:
        assert agent.type(tenant.codes()[-1]).text == OVER
    assert states(tenant) == ("pending", "pending", "pending", 60_000)
    assert (tenant.entries("topup"), sold_today(tenant)) == (0, 45_000)
    sold_already(tenant, 40_000)  # as the next day would have room for it
    assert approve(tenant, "uwera").startswith("You received 59,850 RWF")
    assert (tenant.entries("topup"), sold_today(tenant)) == (1, 100_000)


@pytest.mark.parametrize("freeze", [people.freeze, agents.freeze])
@pytest.mark.parametrize("by", ["customer", "code"])
def test_a_sale_of_a_frozen_agent_waits_in_vain(
    tenant: UssdTenant, by: str, freeze: object
) -> None:
    agent = phone_of(tenant, "bizimana")
    assert hold(agent, "0788000001", 12_000).startswith("Waiting")
    tenant.change(freeze, tenant.id_of("bizimana"), frozen=True, **WHY)  # type: ignore[arg-type]
    said = approve(tenant, "uwera") if by == "customer" else agent.type(tenant.codes()[-1]).text
    # The customer's own account is not on hold.
    agents_is = "This agent cannot deposit money now. Nothing was taken."
    assert said == (agents_is if by == "customer" else ON_HOLD)
    assert states(tenant) == ("pending", "pending", "pending", 12_000)
    tenant.later(11)
    what_is_due_is_ended(tenant)
    assert states(tenant) == ("expired", "voided", "void", 0)
    assert (tenant.entries("topup"), sold_today(tenant)) == (0, 0)


def test_a_sale_to_a_frozen_customer_waits_in_vain(tenant: UssdTenant) -> None:
    agent = phone_of(tenant, "bizimana")
    assert hold(agent, "0788000001", 12_000).startswith("Waiting")
    tenant.change(people.freeze, tenant.id_of("uwera"), frozen=True, **WHY)
    told = "That customer cannot receive money now. Nothing was taken."
    assert agent.type(tenant.codes()[-1]).text == told
    assert states(tenant) == ("pending", "pending", "pending", 12_000)
    agent.dial("*384*10*9*8#")
    assert agent.type("1964", "1", "2").text.startswith("Deposit cancelled")
    assert states(tenant) == ("refused", "voided", "void", 0)


def test_an_agent_frozen_as_a_person_sells_nothing_in_an_open_session(tenant: UssdTenant) -> None:
    agent = phone_of(tenant, "bizimana")
    agent.dial("*384*10*9*1*0788000001*2000#")
    agent.type("1")
    other = phone_of(tenant, "bizimana/2")
    other.dial("*384*10*9*1#")
    tenant.change(people.freeze, tenant.id_of("bizimana"), frozen=True, **WHY)
    assert agent.type("1964").text == ON_HOLD
    assert other.type("0788000001").text == ON_HOLD  # and learns no name
    assert (tenant.entries("topup"), sold_today(tenant)) == (0, 0)
    assert tenant.number("SELECT count(*) FROM intent WHERE state <> 'open'") == 0


@pytest.mark.parametrize(
    ("approved", "told"),
    [
        (True, "Done: to Uwera C., 11,850 RWF, cash 12,000 RWF. Ref "),
        (False, "This deposit is no longer waiting. Nothing was taken."),
    ],
)
def test_a_sale_told_to_wait_is_looked_at_again(
    tenant: UssdTenant, *, approved: bool, told: str
) -> None:
    """Who hangs up at "Still waiting" and dials later is told how it went, and only once."""
    agent = phone_of(tenant, "bizimana")
    hold(agent, "0788000001", 12_000)
    for _ in range(2):
        assert agent.dial().text.startswith("Still waiting: 12,000 RWF")
    if approved:
        assert approve(tenant, "uwera").startswith("You received 11,850 RWF")
    else:
        tenant.later(11)
        what_is_due_is_ended(tenant)
    assert agent.dial().text.startswith(told)
    assert agent.dial().text.startswith(told)
    assert agent.type("9").text.startswith("Agent")
    agent.dial()
    assert told not in agent.shows
    assert "Still waiting" not in agent.shows


def test_every_sale_that_waits_is_listed(tenant: UssdTenant) -> None:
    """More of them than fit on a screen, and than a person can count on their fingers."""
    agent = phone_of(tenant, "bizimana", posts_twice=False)
    assert "received" in hold(agent, "0788000001", 10_000)  # all that needs no approval
    for _ in range(11):
        assert hold(agent, "0788000001", 1_001).startswith("Waiting")
    agent.dial("*384*10*9*8#")
    agent.type("1964")
    listed = agent.shows
    while "98 More" in agent.shows:
        listed += agent.type("98").text
    assert listed.count("1,001 RWF") == 11
    assert agent.type("11").text.startswith("The customer agrees")
    assert agent.type("2").text.startswith("Deposit cancelled.")
    assert tenant.number("SELECT count(*) FROM approval WHERE state = 'pending'") == 10


@pytest.mark.parametrize(("who", "answers"), [("uwera", ["2"]), ("bizimana", ["1964", "1", "2"])])
def test_the_other_side_of_a_sale_that_was_ended_is_told(
    tenant: UssdTenant, who: str, answers: list[str]
) -> None:
    """By text; and an agent who hung up while waiting is told at the next dial, too."""
    agent = phone_of(tenant, "bizimana")
    hold(agent, "0788000001", 12_000)
    before = {name: len(tenant.texts(name)) for name in ("uwera", "bizimana")}
    phone = phone_of(tenant, who)
    phone.dial("*384*10#" if who == "uwera" else "*384*10*9*8#")
    phone.type(*answers)
    other = "bizimana" if who == "uwera" else "uwera"
    assert len(tenant.texts(who)) == before[who]
    (told,) = tenant.texts(other)[before[other] :]
    assert "12,000 RWF" in str(told)
    if who == "uwera":
        assert agent.dial().text.startswith(say(refusal(HoldGone()), "en"))


def test_the_same_sale_a_second_time_is_asked_about(tenant: UssdTenant) -> None:
    """Whose receipt was lost may take the second for the first."""
    agent = phone_of(tenant, "bizimana")
    for _ in range(2):
        assert hold(agent, "0788000001", 12_000).startswith("Waiting")
    customer = phone_of(tenant, "uwera")
    assert customer.dial().text.startswith("Bizimana O. A111 puts money in your wallet.")
    customer.type("1", tenant.people["uwera"].pin)
    assert customer.dial().text.startswith("Bizimana O. A111 again?")


def test_the_same_that_waits_is_said_to_wait(tenant: UssdTenant) -> None:
    agent = phone_of(tenant, "bizimana")
    hold(agent, "0788000001", 12_000)
    agent.dial("*384*10*9*1*0788000001*12000#")
    assert agent.shows.startswith("The same deposit is already waiting. Deposit for Uwera C.")


def test_a_group_frozen_at_the_pin_is_not_taken_for_the_member(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*1*500#")
    phone.type("1")
    (group_id,) = tenant.one("SELECT payee_id FROM intent")
    tenant.change(groups.freeze, group_id, frozen=True, **WHY)
    assert phone.type("2748").text.startswith("This group is on hold. Nothing was taken.")
    assert tenant.entries() == 0
