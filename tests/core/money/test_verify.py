"""The proof that the books are right must itself be right: each breach planted here is found by
the invariant that it breaks."""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from core.agents import agents, approvals, float_asks, float_offers, held_sales, sale_posting
from core.agents.cash_out import CASH_OUT
from core.agents.float_buying import FLOAT_PURCHASE
from core.agents.float_moves import FLOAT_GRANT, FLOAT_RETURN, FLOAT_SALE, FloatMove
from core.approvals import requests
from core.approvals.kinds import Kind
from core.approvals.requests import officer
from core.bookings.bookings import BOOK, REVERSE, Move
from core.messaging.messages import write_text
from core.money import intents, ledger, operations
from core.people.messages import Welcome
from core.savings import contributions, groups
from tests.core.money.breaches import BREACHES
from tests.support.commission import commission_of_each_kind
from tests.support.credit import credit_of_a_shop
from tests.support.domains import DOMAINS, examine, verify
from tests.support.loans import Lending
from tests.support.orders import orders_of_each_kind
from tests.support.payments import move_at_a_provider
from tests.support.prices import publish_prices
from tests.support.rides import rides_of_each_kind
from tests.support.savings import hold_two_meetings
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.year import live_a_year
from values.ids import uuid7
from values.money import Money

pytestmark = pytest.mark.every_postgres

Admin = psycopg.Connection[tuple[object, ...]]
TODAY = date(2026, 1, 31)
_CODE = re.compile(r"\d{1,3}|[A-Z0-9]{1,12}")


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    """Of everything there can be, one: a contribution, two meetings of a group, the second of
    which corrects the first, the year of another one that lends in cash, a sale, one approved,
    one waiting, one refused, float sold, given back, asked for and bought, cash taken from an
    agent, a loan of which something is repaid, an order and a ride of each kind, an agent's
    commission, a booking and its reversal, a hold, a text without an entry, money that came at
    a provider and left it, and payments of each end."""
    with new_tenant(module_database) as made:
        _contribute(made)
        hold_two_meetings(made)
        live_a_year(made)
        agent = _agent(made)
        _sell(made, agent, "at once")
        _sell(made, agent, "approved")
        _sell(made, agent, "waiting")
        _sell(made, agent, "refused")
        other = _agent(made, "A2")
        _move_float(made, FLOAT_SALE, agent, other)
        _move_float(made, FLOAT_RETURN, other, agent)
        _ask_float(made, other, agent)
        _buy_float_and_take_cash(made, agent)
        _book_and_reverse(made)
        move_at_a_provider(made)
        _lend(made)
        _order(made)
        rides_of_each_kind(made)
        commission_of_each_kind(made)
        made.hold(made.wallet(500), 200)
        made.void(made.hold(made.wallet(500), 100))
        yield made


@pytest.fixture
def admin(tenant: Tenant) -> Iterator[Admin]:
    """A superuser whose changes are undone, and whom no foreign key stops."""
    with psycopg.connect(tenant.urls.admin_url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in ("account", "hold", "intent"):
            connection.execute(
                "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname FROM pg_constraint"
                f" WHERE conrelid = '{table}'::regclass AND contype = 'c' LOOP"
                f" EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', c.conname);"
                " END LOOP; END $$"
            )
        connection.execute("ALTER TABLE entry DROP CONSTRAINT entry_tenant_id_key_key")
        connection.execute("ALTER TABLE payment DROP CONSTRAINT payment_moved_check")
        yield connection
        connection.rollback()


def open_intent(tenant: Tenant, who: uuid.UUID, operation: str, payee: uuid.UUID) -> uuid.UUID:
    id = uuid7()
    with tenant.tx() as tx:
        intents.open_intent(
            tx,
            id=id,
            subscriber_id=who,
            session=uuid7().hex,
            operation=operation,
            payee_id=payee,
            amount_minor=1_000,
            fee_minor=50,
            currency=CURRENCY,
            quote={
                **{"service": str(uuid7()), "customer": "Uwera C.", "agent": "Bizimana O."},
                **{"name": "Umutoni G. A2", "from": "Bizimana O. A1", "day_limit_minor": 0},
                "provider": "MTN MoMo",
            },
        )
    return id


def _contribute(tenant: Tenant) -> None:
    person, organisation, group = tenant.person(), uuid7(), uuid7()
    tenant.fund(ledger.account_id(person, ledger.WALLET, CURRENCY), 9_000)
    with tenant.tx() as tx:
        tx.execute("INSERT INTO organisation VALUES (current_tenant(), %s, 'U')", (organisation,))
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, 'K', 'Kopera')",
            (group, organisation),
        )
        groups.join(tx, group_id=group, subscriber_id=person, currency=CURRENCY)
    id, entry = open_intent(tenant, person, "contribute", group), uuid7()
    with tenant.tx() as tx:
        intent, _ = intents.claim(tx, id, person, entry_id=entry)
        contributions.post(tx, intent=intent, entry_id=entry, tenant_id=tenant.tenant_id)
        write_text(
            tx,
            subscriber_id=person,
            service_id=uuid7(),
            message=Welcome(),
            entry_id=entry,
        )


def _order(tenant: Tenant) -> None:
    publish_prices(tenant)
    shop = tenant.person()
    tenant.fund(ledger.account_id(shop, ledger.WALLET, CURRENCY), 10_000)
    orders_of_each_kind(tenant, shop)
    credit_of_a_shop(tenant, shop, uuid7())


def _lend(tenant: Tenant) -> None:
    group = Lending(tenant)
    group.repay(group.lend(60_000), 5_000)


def _agent(tenant: Tenant, code: str = "A1") -> uuid.UUID:
    agent = tenant.person()
    account = ledger.account_id(agent, ledger.FLOAT, CURRENCY)
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO agent (tenant_id, subscriber_id, level, code)"
            " VALUES (current_tenant(), %s, 'agent', %s)",
            (agent, code),
        )
        ledger.open_account(tx, id=account, kind="float", currency=CURRENCY, owner_id=agent)
    tenant.fund(account, 50_000)
    return agent


def _sell(tenant: Tenant, agent: uuid.UUID, how: str) -> None:
    id = open_intent(tenant, agent, "topup", tenant.person())
    entry = uuid7()
    with tenant.tx() as tx:
        at_once = how == "at once"
        intent, _ = intents.claim(tx, id, agent, entry_id=entry if at_once else None)
        if at_once:
            sale_posting.sell(tx, tenant_id=tenant.tenant_id, intent=intent, entry_id=entry)
            return
        approval = held_sales.hold(tx, intent=intent, day=TODAY)
    with tenant.tx() as tx:
        if how == "approved":
            held_sales.approve(
                tx,
                tenant_id=tenant.tenant_id,
                approval_id=approval,
                entry_id=entry,
                day=TODAY,
                session="",
            )
        elif how == "refused":
            approvals.refuse(tx, approval)


def _move_float(tenant: Tenant, move: FloatMove, giver: uuid.UUID, taker: uuid.UUID) -> None:
    """One that was taken, one that waits, and one that was declined."""
    business = tenant.as_turns_have_it()
    for end in ("taken", "declined", "waiting"):
        id = open_intent(tenant, giver, move.name, taker)
        with tenant.tx() as tx:
            move.pay(tx, tenant=business, intent_id=id, subscriber_id=giver)
        with tenant.tx() as tx:
            offers = float_offers.waiting_of(tx, taker)
            latest = [one for one in offers if not one.is_mine][-1].id
            if end == "taken":
                float_offers.take(tx, tenant=business, offer_id=latest, taker_id=taker)
            elif end == "declined":
                float_offers.decline(tx, latest, taker)


def _ask_float(tenant: Tenant, asker: uuid.UUID, giver: uuid.UUID) -> None:
    """Asked of the one above, who gives it."""
    business = tenant.as_turns_have_it()
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE agent SET parent_id = %s WHERE tenant_id = current_tenant()"
            " AND subscriber_id = %s",
            (giver, asker),
        )
        asking, amount = agents.get(tx, asker), Money(700, CURRENCY)
        float_asks.ask(tx, agent=asking, agent_name="Umutoni G.", amount=amount)
        [ask] = float_asks.asked_of(tx, KEYS, giver)
        quote = FLOAT_GRANT.quote_asked(
            business, agent=agents.get(tx, giver), agent_name="Bizimana O.", ask=ask
        )
        opened = operations.open_quote(
            tx, quote, subscriber_id=giver, session=uuid7().hex, service_id=uuid7()
        )
    with tenant.tx() as tx:
        FLOAT_GRANT.pay(tx, tenant=business, intent_id=opened.id, subscriber_id=giver)


def _buy_float_and_take_cash(tenant: Tenant, agent: uuid.UUID) -> None:
    business, customer = tenant.as_turns_have_it(), tenant.person()
    for who in (agent, customer):
        tenant.fund(ledger.account_id(who, ledger.WALLET, CURRENCY), 2_000)
    id = open_intent(tenant, agent, FLOAT_PURCHASE.name, agent)
    with tenant.tx() as tx:
        intent, _ = intents.claim(tx, id, agent, entry_id=None)
        FLOAT_PURCHASE.settle(tx, tenant=business, intent=intent)
    id = open_intent(tenant, customer, CASH_OUT.name, agent)
    with tenant.tx() as tx:
        CASH_OUT.pay(
            tx,
            keys=KEYS,
            tenant=business,
            intent_id=id,
            subscriber_id=customer,
            address=tenant.number_of(customer),
        )


def _book_and_reverse(tenant: Tenant) -> None:
    ours, theirs = tenant.collecting(ledger.SETTLEMENT), tenant.wallet()
    there = Move(ours, theirs, Money(700, CURRENCY))
    entry = _decide_by_two(tenant, BOOK, there)
    _decide_by_two(tenant, REVERSE, Move(theirs, ours, there.amount), subject_id=entry)


def _decide_by_two(
    tenant: Tenant, kind: Kind, move: Move, subject_id: uuid.UUID | None = None
) -> uuid.UUID:
    """The entry's id."""
    ann, ben = officer("ann", "test"), officer("ben", "test")
    with tenant.tx() as tx:
        asked = requests.ask(
            tx, KEYS, kind, by=ann, params=move.params, reason="x", subject_id=subject_id
        )
        done = requests.approve(tx, KEYS, {kind.name: kind}, asked.request.id, by=ben).done
    return uuid.UUID(done.result["entry"])


def test_what_was_done_properly_is_right(tenant: Tenant) -> None:
    report = verify(tenant.urls.verify_url)
    assert [check.name for check in report.checks if not check.ok] == []
    assert report.ok
    assert report.tenants == 1
    assert report.entries == 76
    data = json.loads(json.dumps(report.to_data()))
    assert data["ok"] is True
    assert data["tenants"] == 1
    assert {frozenset(check) for check in data["checks"]} == {
        frozenset({"name", "sentence", "ok", "violations", "sample"})
    }
    assert len(data["checks"]) == len({check.name for check in DOMAINS.checks})


@pytest.mark.parametrize(("name", "breach"), BREACHES)
def test_a_breach_is_found(admin: Admin, name: str, breach: str) -> None:
    changed = admin.execute(breach).rowcount
    assert changed > 0, "nothing was breached"
    report = examine(admin)
    found = {check.name: check for check in report.checks}[name]
    assert not report.ok
    assert not found.ok
    assert found.violations > 0
    for row in found.sample:  # ids, codes and numbers of lines only
        for value in row:
            assert _CODE.fullmatch(value) or uuid.UUID(value), value


def test_every_invariant_has_a_breach() -> None:
    assert {check.name for check in DOMAINS.checks} == {name for name, _ in BREACHES}


def test_also_the_breach_of_another_tenant_is_found(database: DatabaseUrls) -> None:
    with new_tenant(database, "one") as one, new_tenant(database, "two") as two:
        one.wallet(100)
        wallet = two.wallet(100)
        assert one.broken() == []
        two.as_superuser("UPDATE account SET balance_minor = 99 WHERE id = %s", wallet)
        assert one.broken() == ["balances_match"]
        report = verify(database.verify_url)
        assert report.tenants == 2
        sample = [check.sample for check in report.checks if not check.ok]
        assert sample == [[[str(two.tenant_id), str(wallet)]]]


def test_while_money_moves_the_answer_is_right(tenant: Tenant) -> None:
    from threading import Event, Thread

    source, target = tenant.wallet(100_000), tenant.wallet()
    stop = Event()

    def move() -> None:
        while not stop.is_set():
            tenant.move(source, target, 1)
            tenant.void(tenant.hold(source, 5))

    threads = [Thread(target=move) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            assert tenant.broken() == []
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert tenant.balance(target)[0] > 10
