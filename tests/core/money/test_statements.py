"""Statements: opening, movements and closing are of one moment, and fit the account."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.money import statements
from core.money.ledger import balance
from core.money.statements import AccountStatement, StatementTooLong
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant
from values import clock
from values.ids import made_at

LATER = timedelta(seconds=5)


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, "kopera") as made:
        yield made
        assert made.broken() == []


def of(tenant: Tenant, account: uuid.UUID, *, since_s: float = -3600) -> AccountStatement:
    now = clock.now()
    with tenant.tx() as tx:
        found = statements.of_account(tx, account, now + timedelta(seconds=since_s), now + LATER)
    assert found is not None
    return found


def test_it_goes_from_the_opening_to_the_closing(tenant: Tenant) -> None:
    wallet, other = tenant.wallet(5_000), tenant.wallet(300)
    tenant.move(wallet, other, 1_200)
    tenant.move(other, wallet, 50)
    found = of(tenant, wallet)
    assert [line.amount_minor for line in found.lines] == [5_000, -1_200, 50]
    assert (found.opening_minor, found.closing_minor) == (0, 3_850)
    with tenant.tx() as tx:
        now = balance(tx, wallet)
        since = made_at(found.lines[1].entry_id)
        later = statements.of_account(tx, wallet, since, clock.now() + LATER)
    assert now is not None
    assert later is not None
    assert found.closing_minor == later.closing_minor == now.balance_minor
    assert later.opening_minor == 5_000


def test_an_account_without_movements_has_its_balance(tenant: Tenant) -> None:
    wallet = tenant.wallet(700)
    found = of(tenant, wallet, since_s=2)
    assert (found.opening_minor, found.closing_minor, list(found.lines)) == (700, 700, [])
    with tenant.tx() as tx:
        assert statements.of_account(tx, uuid.uuid4(), clock.now(), clock.now()) is None


def test_one_that_is_too_long_is_refused(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "LINES_MAXIMUM", 1)
    wallet = tenant.wallet(5_000)
    tenant.move(wallet, tenant.wallet(), 1)
    with pytest.raises(StatementTooLong):
        of(tenant, wallet)
