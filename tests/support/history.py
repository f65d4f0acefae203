"""A database with a history: what people did through their phones, long ago and today.

Everything is written by the code that writes it in earnest; the clock of its ids is set back, so
that entries, postings, texts and turns lie in the months that they would lie in by now.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from app.operations.tenant_folder import read_folder
from app.operations.tenant_folder import rules as manifest_rules
from app.settings import CHECKOUT
from core.agents import agents
from core.alarms import alarms
from core.analytics import costs, funnel_counts, meter
from core.approvals import requests
from core.approvals.requests import officer
from core.db.database import Database as Core
from core.db.database import Deadline, Tx
from core.manifest.apply import apply
from core.manifest.section import Manifest
from core.messaging import messages
from core.messaging.delivery import apply_report
from core.messaging.messages import Outgoing
from core.money import ledger, spending
from core.people import first_use, numbers, people, wrong_pins
from core.people.manifest import PEOPLE
from core.savings import groups
from core.savings.manifest import SAVINGS
from core.security.installation import set_key
from core.tenants import changes, pauses
from core.tenants.pauses import Paused
from tests.support.domains import DOMAINS
from tests.support.history_of_email import what_is_emailed, who_is_erased
from tests.support.history_of_fuel import what_stations_do
from tests.support.history_of_loans import what_a_group_lends
from tests.support.history_of_meetings import what_a_group_holds
from tests.support.history_of_members import what_members_did
from tests.support.history_of_messages import what_a_provider_says, what_is_told, what_is_written
from tests.support.history_of_orders import what_is_sold
from tests.support.history_of_rates import what_is_held, what_is_polled
from tests.support.history_of_rides import what_is_ridden
from tests.support.history_of_staff import (
    what_is_taken_away,
    what_programs_ask,
    who_signs_in,
)
from tests.support.history_of_texts import what_phones_forward
from tests.support.payments import move_at_a_provider
from tests.support.phone import Phone, phone_of
from tests.support.servers import DatabaseUrls
from tests.support.stages import NOTICE, WHY, what_is_due_is_ended
from tests.support.tenants import KEYS, PROVIDER, fix_ids
from tests.support.ussd import UssdTenant, manifest
from tests.support.year import live_a_year
from values.ids import uuid7
from values.money import Money
from workers.queue.drain import drain

NOW = datetime.now(UTC)
LAST_MONTH = NOW.replace(day=1) - timedelta(days=10)
LAST_YEAR = NOW.replace(day=1) - timedelta(days=350)
# Before the database made its first partition: such rows lie in the one for the rest.
LONG_AGO = NOW.replace(day=1) - timedelta(days=740)
ERAS = (LONG_AGO, LAST_YEAR, LAST_MONTH, NOW)

PLAN = manifest()
# What a sale is about that mukamana has yet to approve.
WAITING = 12_002
# Another tenant, whose keys are the same words.
NEIGHBOUR = read_folder(CHECKOUT / "fixtures" / "tenants" / "moto", demo=True)


def live(urls: DatabaseUrls, redis_url: str) -> None:
    """Fill an empty database at head."""
    for month in (LAST_YEAR, LAST_MONTH):
        make_partitions_of(urls, month)
    set_key(urls.owner_url, KEYS)
    with in_the_year_of(LONG_AGO):
        core = Core(urls.database_url)
        for plan in (PLAN, NEIGHBOUR):
            apply(core, KEYS, plan, manifest_rules(demo=True))
        core.close()
    with at_home(urls, redis_url) as tenant:
        for number, era in enumerate(ERAS):
            with in_the_year_of(era):
                an_ordinary_day(tenant, number)
                what_is_polled(tenant, number)
                for plan in (PLAN, NEIGHBOUR):
                    assert cash_in(tenant.database, key_of(era), plan=plan).was_new
        what_came_to_nothing(tenant)
        what_a_group_holds(tenant)
        what_members_did(tenant)
        texts_in_every_state(tenant)
        hold(tenant.database, ended=False)
        hold(tenant.database, ended=True)
        what_a_group_lends(tenant)
        who_is_frozen(tenant)
        what_is_paused(tenant)
        what_staff_does(tenant)
        what_staff_look_at(tenant)
        what_a_provider_says(tenant)
        what_is_told(tenant)
        what_is_written(tenant)
        what_is_held(tenant)
        what_is_sold(tenant)
        what_is_ridden(tenant)
        what_stations_do(tenant)
        what_two_officers_decide(tenant)
        move_at_a_provider(tenant)
        what_phones_forward(tenant)
        who_signs_in(tenant)
        what_programs_ask(tenant)
        what_is_emailed(tenant)
        who_is_erased(tenant)
        what_is_taken_away(tenant)
        live_a_year(tenant)
        turns_are_logged(tenant)


@contextmanager
def at_home(urls: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    """Phones can be used; afterwards the books are right, and nothing has failed."""
    tenant = UssdTenant(urls, redis_url)
    try:
        with tenant.watching():
            yield tenant
    finally:
        tenant.close()


@contextmanager
def in_the_year_of(era: datetime) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        if era is not NOW:
            fix_ids(patched, era)
        yield


def make_partitions_of(urls: DatabaseUrls, month: datetime) -> None:
    """The schema's own function makes them, as it did then: `now()` is what the path finds."""
    with psycopg.connect(urls.owner_url) as connection:
        connection.execute("CREATE SCHEMA past")
        connection.execute(
            "CREATE FUNCTION past.now() RETURNS timestamptz LANGUAGE sql AS"
            f" $$ SELECT '{month.isoformat()}'::timestamptz $$"
        )
        make = "FUNCTION make_partitions(integer)"
        connection.execute(f"ALTER {make} SET search_path = public, past, pg_catalog, pg_temp")
        connection.execute("SELECT make_partitions(0)")
        connection.execute(f"ALTER {make} SET search_path = public, pg_temp")
        connection.execute("DROP SCHEMA past CASCADE")


# --- what people do -------------------------------------------------------------------------------


def pay(tenant: UssdTenant, who: str, amount: int) -> None:
    """They save in their first group."""
    phone = phone_of(tenant, who)
    phone.dial(f"*384*10*1*1*{amount}#")
    phone.type("1", tenant.people[who].pin)


def sell(tenant: UssdTenant, number: str, amount: int) -> Phone:
    agent = phone_of(tenant, "bizimana")
    agent.dial(f"*384*10*9*1*{number}*{amount}#")
    agent.type("1", tenant.people["bizimana"].pin)
    return agent


def approve(tenant: UssdTenant, who: str) -> None:
    customer = phone_of(tenant, who)
    customer.dial()
    customer.type("1", tenant.people[who].pin)


def guess(tenant: UssdTenant, who: str, *wrong: str) -> None:
    phone = phone_of(tenant, who)
    phone.dial("*384*10*2#")
    phone.type(*wrong)


def an_ordinary_day(tenant: UssdTenant, number: int) -> None:
    """The number makes its amounts differ from those of other days, or each would be asked about
    as the same again."""
    pay(tenant, "uwera", 500 + number)
    sell(tenant, "0788000003", 1000 + number)
    # Above what goes unapproved a day.
    sell(tenant, "0788000001", 10_500 + number)
    approve(tenant, "uwera")
    guess(tenant, ("habimana", "mukamana", "juma", "mugabo")[number], "9999")
    days = number + 1
    assert (tenant.entries("contribution"), tenant.entries("topup")) == (days, 2 * days)


def what_came_to_nothing(tenant: UssdTenant) -> None:
    """Sales refused, expired and still waiting; intents void and open; a PIN half chosen,
    after somebody else's who did register; one locked, one held since others
    were wrong as well; somebody who wants to be called."""
    sell(tenant, "0788000001", 11_001)
    customer = phone_of(tenant, "uwera")
    customer.dial()
    customer.type("2")
    sell(tenant, "0788000003", 12_001)
    tenant.later(11)
    what_is_due_is_ended(tenant)
    sell(tenant, "0788000003", WAITING).type("000000")  # no code of ours
    payer = phone_of(tenant, "habimana")
    payer.dial("*384*10*1*1*700#")
    payer.type("2")
    payer.dial("*384*10*1*1*800#")
    for number, pins in (("+250788000098", ("6148", "6148")), ("+250788000099", ("5283",))):
        new = phone_of(tenant, number)
        new.dial()
        new.type("1", "Jane Umwari", *pins)
    guess(tenant, "mugabo", "9998", "9997")
    tenant.admin.execute("UPDATE subscriber SET created_at = created_at - interval '2 days'")
    counted = tenant.change(
        wrong_pins.count_wrong,
        tenant.id_of("juma"),
        levels=wrong_pins.Levels(people_a_minute=0),
        lock_s=1_800,
    )
    assert len(counted.held) == 1
    asking = phone_of(tenant, "juma")
    asking.dial("*384*10*1*1#")
    asking.type("lots", "of", "money", "000", "1")


def texts_in_every_state(tenant: UssdTenant) -> None:
    """As workers and reports leave them; the rest is still to be sent."""
    waiting = tenant.admin.execute("SELECT id FROM outbox WHERE state = 'waiting' ORDER BY id")
    texts = [_sending(tenant, id) for (id,) in waiting.fetchall()]
    assert len(texts) > 8
    ends = ("accepted", "delivered", "failed", "unknown", "dead", "put back", "sending")
    for number, (end, text) in enumerate(zip(ends, texts, strict=False)):
        _end(tenant, end, text, f"AT{number}")
    # Two whose outcome is unknown: of neither can a report without a known id be.
    for number, text in enumerate(texts[len(ends) : len(ends) + 2]):
        _end(tenant, "unknown", text, None)
        _report(tenant, f"early{number}", "failed", text)
    for text in texts[len(ends) + 2 :]:
        _end(tenant, "put back", text, None)


def _sending(tenant: UssdTenant, outbox_id: uuid.UUID) -> Outgoing:
    def begin(tx: Tx) -> Outgoing:
        text = messages.claim(tx, outbox_id, lease_s=600)
        assert text is not None
        assert messages.sending(tx, text)
        return text

    return tenant.change(begin)  # type: ignore[no-any-return]


def _end(tenant: UssdTenant, end: str, text: Outgoing, id: str | None) -> None:
    match end:
        case "accepted" | "delivered":
            tenant.change(messages.accepted, text, provider=PROVIDER, provider_message_id=id)
            if end == "delivered":
                assert _report(tenant, str(id), "delivered", text) == "advanced"
        case "failed" | "dead":
            tenant.change(messages.failed, text, reason="no", gave_up=end == "dead")
        case "unknown":
            known = {"provider": PROVIDER, "provider_message_id": id} if id else {}
            tenant.change(messages.unknown, text, reason="answer_timeout", **known)
        case "put back":
            tenant.change(messages.not_sent, text, reason="gateway_error", delay_s=600)


def _report(tenant: UssdTenant, id: str, state: str, text: Outgoing) -> str:
    taken = tenant.change(
        apply_report,
        provider=PROVIDER,
        provider_message_id=id,
        state=state,
        reason="AbsentSubscriber" if state == "failed" else None,
        address_lookup=text.address_lookup,
    )
    return str(taken)


def wallet(plan: Manifest) -> uuid.UUID:
    """Of the first person of a tenant."""
    return ledger.account_id(plan.of(PEOPLE)[0].id, ledger.WALLET, plan.currency)


def cash_in(core: Core, key: str, amount: int = 1500, plan: Manifest = PLAN) -> ledger.Posted:
    """Money that somebody brought to the office, under a key of its own."""
    settlement = ledger.account_id(plan.id, ledger.SETTLEMENT, plan.currency)
    with core.transaction(plan.id, Deadline(5)) as tx:
        return ledger.post(
            tx,
            key=key,
            kind="cash_in",
            lines=[ledger.Line(wallet(plan), amount), ledger.Line(settlement, -amount)],
            currency=plan.currency,
            actor_id=None,
            detail={"brought": key},
        )


def key_of(era: datetime) -> str:
    return f"cash-in:{era:%Y-%m}"


def hold(core: Core, *, ended: bool) -> None:
    """A payment outward, whose end is awaited or has come."""
    hold_id = uuid7()
    with core.transaction(PLAN.id, Deadline(5)) as tx:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=wallet(PLAN),
            amount_minor=250,
            currency=PLAN.currency,
            expires_at=None,
        )
        if ended:
            assert ledger.void_hold(tx, hold_id)


def who_is_frozen(tenant: UssdTenant) -> None:
    """A person, a group and an agent; and somebody who was is let go."""
    group = next(group.id for group in tenant.plan.of(SAVINGS).groups if group.code == "KOP2")
    tenant.change(people.freeze, tenant.id_of("habimana"), frozen=True, **WHY)
    tenant.change(groups.freeze, group, frozen=True, **WHY)
    tenant.change(agents.freeze, tenant.id_of("umutoni"), frozen=True, **WHY)
    tenant.change(people.freeze, tenant.id_of("ndayisaba"), frozen=False, **WHY)


def what_is_paused(tenant: UssdTenant) -> None:
    tenant.change(changes.pause, paused=True, flow="language", notice=NOTICE)
    tenant.change(pauses.begin, Paused.FLOW, "language", reason="A drill", actor="operator test")
    with tenant.database.transaction(NEIGHBOUR.id, Deadline(5)) as tx:
        changes.pause(tx, paused=True)


def what_staff_does(tenant: UssdTenant) -> None:
    """By hand, until there is a command for it: a member has left, a tariff has its end."""
    tenant.admin.execute(
        "UPDATE membership SET left_at = now() WHERE subscriber_id = %s AND number = 11",
        (tenant.id_of("mukamana"),),
    )
    tenant.admin.execute("UPDATE tariff SET valid_to = '2099-01-01Z' WHERE operation = 'topup'")
    tenant.change(first_use.ask_first_use, KEYS, tenant.id_of("gasana"), "code")
    tenant.admin.execute("UPDATE first_use SET tries = 1, done_at = now()")
    habimana = tenant.id_of("habimana")
    tenant.change(numbers.attach, KEYS, habimana, "+250788000097", **WHY)
    tenant.change(numbers.detach, KEYS, habimana, "+250788000097", **WHY)


def what_two_officers_decide(tenant: UssdTenant) -> None:
    """A new PIN for somebody, who may pay little since; a result as some kind may leave it."""
    mugabo = tenant.id_of("mugabo")
    ann, bob = (officer(name, "test") for name in ("ann", "bob"))
    kinds = DOMAINS.approvals
    asked = tenant.change(
        requests.ask,
        KEYS,
        kinds["new_pin"],
        by=ann,
        params={"at": "the office"},
        reason="forgotten",
        subject_id=mugabo,
        key="letter 17",
    )
    tenant.change(requests.approve, KEYS, kinds, asked.request.id, by=bob)
    tenant.admin.execute("UPDATE approval_request SET result = '{\"letter\": 17}'")
    tenant.change(spending.limit, mugabo, 50_000, for_s=86_400)
    tenant.change(spending.count, mugabo, Money(1_000, "RWF"))


def what_staff_look_at(tenant: UssdTenant) -> None:
    """Alarms, one of them closed, what a session cost, and how many messages have been sent."""
    for kind in ("wrong_pins", "screen_refused"):
        tenant.change(alarms.record, kind=kind, subject="*384*10#", sentence="Look.", count=2)
    with tenant.tx() as tx:
        first, _ = alarms.open_of_tenant(tx)
    assert alarms.close(tenant.database, first, actor="operator ann")
    tenant.admin.execute("UPDATE alarm SET emailed_at = now()")
    assert tenant.change(
        costs.record,
        kind="session",
        reference="0" * 32,
        service_id=tenant.service().id,
        amount=Decimal("12.5"),
        currency="RWF",
        zone="Africa/Kigali",
        network="63510",
    )
    tenant.change(meter.count, service_id=tenant.service().id, zone="Africa/Kigali")


def turns_are_logged(tenant: UssdTenant) -> None:
    relay = Core(tenant.urls.relay_url)
    while drain(relay, tenant.redis):
        pass
    relay.close()
    # On a network that the wires of the phones above do not name, wrong once, and back.
    for number, (place, outcome) in enumerate(
        (("menu:", "shown"), ("menu:me", "wrong"), ("menu:", "shown"), ("menu:", "ended")), start=1
    ):
        at_ms = int((LONG_AGO + timedelta(seconds=number)).timestamp() * 1_000)
        tenant.admin.execute(
            "INSERT INTO turn (tenant_id, id, service_id, session, number, place, outcome,"
            " language, network, took_us) VALUES (%s, %s, %s, 'far', %s, %s, %s, 'en', '63510', 1)",
            (tenant.tenant_id, uuid7(at_ms), tenant.service().id, number, place, outcome),
        )
    assert tenant.change(funnel_counts.count_on), "the first hour of what is logged"
