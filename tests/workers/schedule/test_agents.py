"""Signs of fraud: each is found with its reason, and what is ordinary is none."""

import uuid
from collections.abc import Iterator
from functools import partial

import pytest

from core.agents import signal_queue, signals
from core.db.database import Database
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant
from values.ids import uuid7
from workers.schedule.agents import look
from workers.schedule.tasks import Databases


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database, f"t{uuid7().hex[-8:]}") as made:
        yield made


@pytest.fixture
def databases(tenant: Tenant) -> Iterator[Databases]:
    relay = Database(tenant.urls.relay_url)
    yield Databases(tenant.database, relay)
    relay.close()


def agent(tenant: Tenant, code: str) -> uuid.UUID:
    who = tenant.person()
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO agent (tenant_id, subscriber_id, level, code)"
            " VALUES (current_tenant(), %s, 'agent', %s)",
            (who, code),
        )
        tx.execute(
            "INSERT INTO lookup_hour (tenant_id, subscriber_id, hour, looked)"
            " VALUES (current_tenant(), %s, date_trunc('hour', now()), 1)",
            (who,),
        )
    return who


def done(
    tenant: Tenant,
    operation: str,
    by: uuid.UUID,
    payee: uuid.UUID,
    amount: int = 500,
    ago_min: int = 5,
) -> None:
    tenant.admin.execute(
        "INSERT INTO intent (tenant_id, id, subscriber_id, session, operation, payee_id,"
        " amount_minor, fee_minor, currency, quote, state, entry_id, created_at, expires_at,"
        " ended_at) SELECT %s, gen_random_uuid(), %s, '', %s, %s, %s, 0, 'RWF', '{}', 'done',"
        " gen_random_uuid(), at, at, at FROM (SELECT now() - make_interval(mins => %s) AS at) a",
        (tenant.tenant_id, by, operation, payee, amount, ago_min),
    )


def found(tenant: Tenant) -> dict[tuple[str, str], int]:
    with tenant.tx() as tx:
        signs = signals.of_tenant(tx, tenant.tenant_id)
    return {(one.agent, one.reason): one.times for one in signs}


def test_an_ordinary_day_is_no_sign(tenant: Tenant) -> None:
    who = agent(tenant, "A1")
    for number in range(signals.DEPOSITS_AN_HOUR - 1):
        done(tenant, "topup", who, tenant.person(), ago_min=number // 2)
    regular = tenant.person()
    for hours in range(signals.SPLIT_DEPOSITS):
        done(tenant, "topup", who, regular, ago_min=70 + 60 * hours)
    done(tenant, "cash_out", regular, who, amount=500)
    done(tenant, "topup", who, regular, amount=700, ago_min=90)
    for _ in range(signals.ROUND_TRIPS):  # one deposit alone went round
        done(tenant, "cash_out", regular, who, amount=700)
    assert found(tenant) == {}


def test_each_sign_is_found_with_its_reason(
    tenant: Tenant, databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    split, phone, quick, circle = (agent(tenant, code) for code in ("S1", "P1", "Q1", "C1"))
    customer = tenant.person()
    for _ in range(signals.SPLIT_DEPOSITS):
        done(tenant, "topup", split, customer)
    at_one = [tenant.person(address="+250788990011") for _ in range(signals.CUSTOMERS_AT_A_PHONE)]
    for one in at_one:
        done(tenant, "topup", phone, one, ago_min=300)
    for _ in range(signals.DEPOSITS_AN_HOUR):
        done(tenant, "topup", quick, uuid7())
    for number in range(signals.ROUND_TRIPS):
        done(tenant, "topup", circle, customer, amount=900 + number, ago_min=100)
        done(tenant, "cash_out", customer, circle, amount=900 + number, ago_min=90)
    absent, own = agent(tenant, "B1"), agent(tenant, "O1")
    elsewhere = agent(tenant, "E1")
    for _ in range(signals.ABSENT_CUSTOMERS):
        away = tenant.person()
        done(tenant, "topup", absent, away, ago_min=100)
        done(tenant, "cash_out", away, elsewhere, ago_min=95)
    beside = tenant.person(address=tenant.number_of(own))
    done(tenant, "topup", own, beside, ago_min=200)
    assert found(tenant) == {
        ("B1", "absent_customer"): 3,
        ("O1", "own_number"): 1,
        ("S1", "split_deposits"): 4,
        ("P1", "one_phone"): 4,
        ("Q1", "velocity"): 60,
        ("C1", "round_trips"): 3,
    }
    assert look(databases) == 6
    assert "agent S1 put money in 4 times within an hour for one customer" in caplog.text


def waiting(tenant: Tenant) -> list[signal_queue.Waiting]:
    with tenant.tx() as tx:
        return list(signal_queue.waiting(tx))


def test_a_sign_waits_once_until_it_is_judged(
    tenant: Tenant, databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    who, customer = agent(tenant, "S2"), tenant.person()
    for _ in range(signals.SPLIT_DEPOSITS):
        done(tenant, "topup", who, customer)
    look(databases)
    done(tenant, "topup", who, customer)
    look(databases)
    [one] = waiting(tenant)
    assert (one.agent, one.reason, one.times) == ("S2", "split_deposits", 5)
    with tenant.tx() as tx:
        judge = partial(signal_queue.judge, tx, one.id, is_fraud=True, actor="officer m.uwera")
        assert judge(why="asked the customer")
        assert not judge(why="asked the customer")
    caplog.clear()
    look(databases)
    assert waiting(tenant) == []  # what was judged is not shown again the same day
    assert "agent S2" not in caplog.text
    row = tenant.one("SELECT state, why FROM agent_signal WHERE id = %s", one.id)
    assert row == ("confirmed", "asked the customer")
