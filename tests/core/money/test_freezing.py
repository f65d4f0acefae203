"""Freezing: wallet, float and savings, for each of their reasons."""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import permutations

import psycopg
import pytest

from core.agents import agents
from core.db.database import Tx
from core.money import ledger
from core.money.errors import Frozen
from core.people import people, pins
from core.savings import groups
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7

REASONS = ("person", "agent", "group")


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


@dataclass(frozen=True)
class Owner:
    """An agent who is in two groups."""

    tenant: Tenant
    id: uuid.UUID
    group: uuid.UUID
    other_group: uuid.UUID

    def freeze(self, reason: str, frozen: bool) -> None:
        with self.tenant.tx() as tx:
            self.freeze_in(tx, reason, frozen)

    def freeze_in(self, tx: Tx, reason: str, frozen: bool) -> None:
        why = {"actor": "test", "reason": "a reason"}
        match reason:
            case "person":
                people.freeze(tx, self.id, frozen=frozen, **why)
            case "agent":
                agents.freeze(tx, self.id, frozen=frozen, **why)
            case "group":
                groups.freeze(tx, self.group, frozen=frozen, **why)

    def account(self, kind: str) -> uuid.UUID:
        return ledger.account_id(self.id, kind, CURRENCY)

    def savings(self, group: uuid.UUID) -> uuid.UUID:
        return ledger.savings_account_id(group, self.id, CURRENCY)

    def frozen(self) -> tuple[bool, ...]:
        """Wallet, float, savings in the group, savings in the other one."""
        accounts = (
            *(self.account(ledger.WALLET), self.account(ledger.FLOAT)),
            *(self.savings(self.group), self.savings(self.other_group)),
        )
        return tuple(is_frozen(self.tenant, account) for account in accounts)


def is_frozen(tenant: Tenant, account: uuid.UUID) -> bool:
    with tenant.tx() as tx:
        row = tx.one("SELECT frozen FROM account WHERE id = %s", (account,))
    assert row is not None
    return bool(row[0])


def new_group(tenant: Tenant) -> uuid.UUID:
    id = uuid7()
    with tenant.tx() as tx:
        tx.execute("INSERT INTO organisation VALUES (current_tenant(), %s, 'Union')", (id,))
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, %s, 'Kopera')",
            (id, id, str(id)),
        )
    return id


def join(tenant: Tenant, person: uuid.UUID, group: uuid.UUID) -> None:
    with tenant.tx() as tx:
        groups.join(tx, group_id=group, subscriber_id=person, currency=CURRENCY)


def owner(tenant: Tenant) -> Owner:
    made = Owner(tenant, tenant.person(), new_group(tenant), new_group(tenant))
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO agent (tenant_id, subscriber_id, level, code)"
            " VALUES (current_tenant(), %s, 'agent', %s)",
            (made.id, str(made.id)),
        )
        ledger.open_account(
            tx,
            id=made.account(ledger.FLOAT),
            kind=ledger.FLOAT,
            currency=CURRENCY,
            owner_id=made.id,
        )
    join(tenant, made.id, made.group)
    join(tenant, made.id, made.other_group)
    return made


def test_an_account_is_frozen_while_one_of_its_reasons_holds(tenant: Tenant) -> None:
    """In whatever order they come and go."""
    who = owner(tenant)
    for coming in permutations(REASONS):
        for going in permutations(REASONS):
            holds: set[str] = set()
            for reason, frozen in (
                *((one, True) for one in coming),
                *((one, False) for one in going),
            ):
                who.freeze(reason, frozen)
                (holds.add if frozen else holds.discard)(reason)
                assert who.frozen() == (
                    "person" in holds,
                    bool(holds & {"person", "agent"}),
                    bool(holds & {"person", "group"}),
                    "person" in holds,
                ), holds


def test_from_and_to_what_a_frozen_person_has_no_money_moves(tenant: Tenant) -> None:
    who = owner(tenant)
    theirs = (who.account(ledger.WALLET), who.account(ledger.FLOAT), who.savings(who.group))
    for account in theirs:
        tenant.fund(account, 500)
    who.freeze("person", True)
    for account in theirs:
        with pytest.raises(Frozen):
            tenant.fund(account, 100)
        with pytest.raises(Frozen):
            tenant.move(account, tenant.wallet(), 100)
        with pytest.raises(Frozen):
            tenant.hold(account, 100)
    who.freeze("person", False)
    for account in theirs:
        tenant.move(account, tenant.wallet(), 500)


def test_an_agent_who_is_frozen_as_a_person_is_no_agent_until_let_go(tenant: Tenant) -> None:
    who = owner(tenant)
    for reason in ("person", "agent"):
        who.freeze(reason, True)
        with pytest.raises(Frozen), tenant.tx() as tx:
            agents.get(tx, who.id)
        who.freeze(reason, False)
        with tenant.tx() as tx:
            assert not agents.get(tx, who.id).frozen


@pytest.mark.parametrize("reason", ["person", "group"])
def test_who_joins_takes_the_freeze_over(tenant: Tenant, reason: str) -> None:
    who = owner(tenant)
    who.freeze(reason, True)
    if reason == "group":
        newcomer, joined = tenant.person(), who.group
    else:
        newcomer, joined = who.id, new_group(tenant)
    join(tenant, newcomer, joined)
    savings = ledger.savings_account_id(joined, newcomer, CURRENCY)
    with pytest.raises(Frozen):
        tenant.fund(savings, 100)
    join(tenant, newcomer, joined)
    assert is_frozen(tenant, savings)
    who.freeze(reason, False)
    tenant.fund(savings, 100)


def test_who_left_a_group_and_comes_back_finds_it_as_it_is(tenant: Tenant) -> None:
    who = owner(tenant)
    with tenant.tx() as tx:
        tx.execute("UPDATE membership SET left_at = now() WHERE group_id = %s", (who.group,))
    who.freeze("group", True)
    join(tenant, who.id, who.group)
    assert is_frozen(tenant, who.savings(who.group))


def test_joining_and_freezing_at_once_leave_nobody_out(tenant: Tenant) -> None:
    for _ in range(5):
        who = owner(tenant)
        newcomers = [tenant.person() for _ in range(4)]
        answers = at_once(
            [lambda: who.freeze("group", True)]  # noqa: B023
            + [lambda one=one: join(tenant, one, who.group) for one in newcomers]  # type: ignore[misc]  # noqa: B023
        )
        assert answers == [None] * 5
        for one in newcomers:
            assert is_frozen(tenant, ledger.savings_account_id(who.group, one, CURRENCY))


def test_freezing_and_letting_go_at_once_lose_no_reason(tenant: Tenant) -> None:
    for reason in ("group", "agent"):
        who = owner(tenant)
        who.freeze(reason, True)
        with ThreadPoolExecutor(1) as pool:
            with tenant.tx() as tx:
                who.freeze_in(tx, "person", True)
                letting_go = pool.submit(who.freeze, reason, False)
                wait_until_somebody_waits(tenant)
            letting_go.result(30)
        assert who.frozen() == (True, True, True, True)


def test_freezing_and_paying_at_once_do_not_wait_for_each_other(tenant: Tenant) -> None:
    """Both lock a wallet and savings: in one order, here both behind somebody who has the last."""
    who = owner(tenant)
    wallet, savings = who.account(ledger.WALLET), who.savings(who.group)
    tenant.fund(wallet, 100)
    last = max(wallet, savings)
    with ThreadPoolExecutor(2) as pool:
        with psycopg.connect(tenant.urls.admin_url) as somebody:
            somebody.execute("SELECT 1 FROM account WHERE id = %s FOR UPDATE", (last,))
            freezing = pool.submit(who.freeze, "person", True)
            wait_until_somebody_waits(tenant)
            paying = pool.submit(tenant.move, wallet, savings, 1)
            wait_until_somebody_waits(tenant, 2)
        freezing.result(30)
        with pytest.raises(Frozen):
            paying.result(30)


def test_freezing_waits_for_a_payment_and_not_the_other_way_as_well(tenant: Tenant) -> None:
    """A payment has the accounts, and at its end gives the counted guesses back to their owner."""
    who = owner(tenant)
    wallet, savings = who.account(ledger.WALLET), who.savings(who.group)
    tenant.fund(wallet, 100)
    with tenant.tx() as tx:
        tx.execute("UPDATE subscriber SET pin_attempts = 1 WHERE id = %s", (who.id,))
    with ThreadPoolExecutor(1) as pool:
        with tenant.tx() as tx:
            lines = [ledger.Line(wallet, -1), ledger.Line(savings, 1)]
            ledger.post(
                tx, key=f"{uuid7()}", kind="x", lines=lines, currency=CURRENCY, actor_id=None
            )
            freezing = pool.submit(who.freeze, "person", True)
            wait_until_somebody_waits(tenant)
            pins.pin_was_right(tx, who.id)
        freezing.result(30)
    assert who.frozen()[0]
    assert tenant.balance(wallet) == (99, 0)


def wait_until_somebody_waits(tenant: Tenant, count: int = 1) -> None:
    """For a lock, in this database."""
    until = time.monotonic() + 10
    with psycopg.connect(tenant.urls.admin_url, autocommit=True) as looking:
        while looking.execute(_WAITING).fetchall() != [(count,)]:
            assert time.monotonic() < until
            time.sleep(0.01)


_WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
