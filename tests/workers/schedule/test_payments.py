"""What the schedule looks for: providers that fail, unknown outcomes, money that is not there."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.approvals.requests import officer
from core.db.database import Database
from core.payments import health, trust
from core.payments.movements import Source, credit_once
from core.payments.text_errors import WrongTrustBalance
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from values import clock
from values.ids import uuid7
from values.money import Money
from workers.schedule.payments import look, look_at_trust
from workers.schedule.tasks import Databases

ANN = officer("ann", "test")


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database, f"t{uuid7().hex[-8:]}") as made:
        yield made
        assert made.broken() == []


@pytest.fixture
def databases(tenant: Tenant) -> Iterator[Databases]:
    relay = Database(tenant.urls.relay_url)
    yield Databases(tenant.database, relay)
    relay.close()


def payments(tenant: Tenant, number: int, state: str, reason: str = "", age_s: int = 60) -> None:
    tenant.admin.execute(
        "INSERT INTO payment (tenant_id, id, kind, reference, provider, wallet, wallet_service_id,"
        " subscriber_id, operation, amount_minor, currency, party_sealed, party_lookup, state,"
        " reason, refunds_id, created_at) SELECT %s, gen_random_uuid(), 'refund',"
        " gen_random_uuid(), 'p', 'W', gen_random_uuid(), gen_random_uuid(), 'x', 300, 'RWF',"
        " '\\x01', '\\x01', %s, %s, gen_random_uuid(), now() - make_interval(secs => %s)"
        " FROM generate_series(1, %s)",
        (tenant.tenant_id, state, reason or None, age_s, number),
    )


def test_a_provider_that_fails_more_than_five_of_a_hundred_is_an_alarm(
    tenant: Tenant, databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    payments(tenant, 19, "failed", "provider_fault")
    assert health.failing(databases.relay) == [], "of so few a share says nothing"
    payments(tenant, 361, "failed", "declined")  # a person's own word is no fault
    assert health.failing(databases.relay) == [], "five of a hundred, and no more"
    payments(tenant, 1, "failed", "http_400")
    [found] = health.failing(databases.relay)
    assert (found.tenant_id, found.wallet, found.begun, found.failed) == (
        *(tenant.tenant_id, "W"),
        *(381, 20),
    )
    payments(tenant, 3, "unknown", age_s=700)
    payments(tenant, 2, "unknown", age_s=300)
    [unclear] = health.unclear(databases.relay)
    assert unclear.payments == 3
    assert look(databases) == 2
    assert "25 of 386 payments (refund) of W failed within an hour" in caplog.text
    assert "nobody knows the outcome of 3 payments of W" in caplog.text
    tenant.admin.execute("DELETE FROM payment")


def test_more_than_the_trust_accounts_hold_is_never_owed(
    tenant: Tenant, databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    def say(account: str, balance: int, hours_ago: float = 0) -> uuid.UUID:
        as_of = clock.now() - timedelta(hours=hours_ago)
        with tenant.tx() as tx:
            return trust.say(tx, account, Money(balance, CURRENCY), as_of=as_of, by=ANN)

    tenant.wallet(7_000)
    tenant.account("float")
    assert look_at_trust(databases) == 0, "who has said nothing is not looked at"
    say("W", 5_000, hours_ago=30)
    say("BANK", 1_000)
    say("BANK", 1_500)  # the newest counts
    assert look_at_trust(databases) == 1
    assert "people are owed 500 RWF more than the trust accounts hold" in caplog.text
    with tenant.tx() as tx:  # it comes to the wallet, and is nobody's yet: owed, and there
        credit_once(
            tx,
            tenant_id=tenant.tenant_id,
            wallet="W",
            provider_txid="1",
            source=Source.API,
            amount=Money(300, CURRENCY),
            happened_at=clock.now(),
        )
        [standing] = trust.standings(tx)
    assert (standing.owed_minor, standing.holds_minor, standing.short_minor) == (7_300, 6_800, 500)
    say("BANK", 2_000)
    assert look_at_trust(databases) == 0
    caplog.clear()
    say("OLD", 0, hours_ago=37)
    assert look_at_trust(databases) == 1
    assert "nobody has said for a day and a half what is in OLD" in caplog.text
    for account, balance in (("", 1), ("x" * 41, 1), ("BANK", -1)):
        with pytest.raises(WrongTrustBalance):
            say(account, balance)
    with pytest.raises(WrongTrustBalance):
        say("BANK", 1, hours_ago=-1)
