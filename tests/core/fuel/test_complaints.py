"""A short measure: complained of once, answered once, and gone up where nobody answers in time.

At Remera ten litres of petrol are 17,680 RWF.
"""

from contextlib import closing

import pytest

from core.db.database import Database
from core.fuel import complaints
from core.fuel.complaints import Complaint
from core.fuel.errors import (
    AlreadyComplained,
    ComplaintOver,
    NotADealer,
    NothingBought,
    NotShort,
)
from core.money import ledger
from core.money.errors import InsufficientFunds
from tests.support.history_of_fuel import shift_is_opened
from tests.support.history_of_fuel_sales import fuel_is_offered, fuel_is_paid_in_cash
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import UssdTenant
from values.money import Money


def bought(tenant: UssdTenant) -> complaints.Purchase:
    """shema bought ten litres in cash."""
    shift_is_opened(tenant)
    fuel_is_paid_in_cash(tenant, fuel_is_offered(tenant))
    with tenant.tx() as tx:
        return complaints.bought_lately(tx, tenant.id_of("shema"), "Africa/Kigali")[0]


def filed(tenant: UssdTenant, got_cl: int = 900) -> None:
    tenant.change(
        complaints.file,
        KEYS,
        sale_id=bought(tenant).sale_id,
        customer_id=tenant.id_of("shema"),
        got_cl=got_cl,
    )


def waiting(tenant: UssdTenant) -> Complaint | None:
    with tenant.tx() as tx:
        return complaints.waiting_for(tx, tenant.id_of("mugisha"))


def wallet(tenant: UssdTenant, who: str) -> int:
    with tenant.tx() as tx:
        found = ledger.balance(tx, ledger.account_id(tenant.id_of(who), "wallet", CURRENCY))
    return found.balance_minor if found else 0


def test_what_was_short_is_given_back_once(tenant: UssdTenant) -> None:
    filed(tenant)
    one = waiting(tenant)
    assert one is not None
    assert (one.volume, one.got, one.short) == ("10.00 l", "9.00 l", Money(1_768, CURRENCY))
    said = {"complaint_id": one.id, "dealer_id": tenant.id_of("mugisha")}
    with pytest.raises(InsufficientFunds):
        tenant.change(complaints.give_back, **said)
    assert waiting(tenant) is not None, "nothing was written"


def test_from_the_dealers_wallet(tenant: UssdTenant) -> None:
    filed(tenant)
    one = waiting(tenant)
    assert one is not None
    # uwera, who has money, runs the station by now.
    uwera = tenant.id_of("uwera")
    tenant.admin.execute("UPDATE fuel_station SET dealer_id = %s", (uwera,))
    dealers, customers = wallet(tenant, "uwera"), wallet(tenant, "shema")
    said = {"complaint_id": one.id, "dealer_id": uwera}
    assert tenant.change(complaints.give_back, **said) == Money(1_768, CURRENCY)
    assert wallet(tenant, "uwera") == dealers - 1_768
    assert wallet(tenant, "shema") == customers + 1_768
    for act in (complaints.give_back, complaints.call_it_right):
        with pytest.raises(ComplaintOver):
            tenant.change(act, **said)
    assert wallet(tenant, "uwera") == dealers - 1_768


def test_the_measure_was_right(tenant: UssdTenant) -> None:
    filed(tenant, got_cl=0)
    one = waiting(tenant)
    assert one is not None
    assert one.short == Money(17_680, CURRENCY), "0 is a value"
    with pytest.raises(NotADealer):
        tenant.change(
            complaints.call_it_right, complaint_id=one.id, dealer_id=tenant.id_of("shema")
        )
    tenant.change(complaints.call_it_right, complaint_id=one.id, dealer_id=tenant.id_of("mugisha"))
    assert waiting(tenant) is None


def test_once_for_a_sale(tenant: UssdTenant) -> None:
    one = bought(tenant)
    with pytest.raises(NotShort):
        complaints.require_short(one, 1_000)
    complaints.require_short(one, 999)
    said = {"sale_id": one.sale_id, "customer_id": tenant.id_of("shema")}
    tenant.change(complaints.file, KEYS, **said, got_cl=999)
    with pytest.raises(AlreadyComplained):
        tenant.change(complaints.file, KEYS, **said, got_cl=1)
    with tenant.tx() as tx, pytest.raises(NothingBought):
        complaints.bought_lately(tx, tenant.id_of("shema"), "Africa/Kigali")


def test_somebody_elses_sale(tenant: UssdTenant) -> None:
    one = bought(tenant)
    with pytest.raises(AlreadyComplained):
        tenant.change(
            complaints.file,
            KEYS,
            sale_id=one.sale_id,
            customer_id=tenant.id_of("uwera"),
            got_cl=1,
        )


def _alarms(tenant: UssdTenant) -> int:
    row = tenant.admin.execute(
        "SELECT count(*) FROM alarm WHERE kind = %s", (complaints.UNANSWERED,)
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_without_an_answer_it_goes_up(tenant: UssdTenant) -> None:
    filed(tenant)
    with closing(Database(tenant.urls.relay_url)) as relay:
        assert complaints.go_up_due(tenant.database, relay) == 0, "it is too early"
        tenant.admin.execute("UPDATE fuel_complaint SET due_at = now()")
        assert [complaints.go_up_due(tenant.database, relay) for _ in range(2)] == [1, 0]
    assert _alarms(tenant) == 1
    one = waiting(tenant)
    assert one is not None, "the station may still answer"
    assert one.state == "late"


def test_at_a_station_of_the_companys_own_it_goes_up_at_once(tenant: UssdTenant) -> None:
    tenant.admin.execute("UPDATE fuel_station SET dealer_id = NULL")
    filed(tenant)
    assert _alarms(tenant) == 1
    with tenant.tx() as tx:
        assert [one.state for one, _ in complaints.all_open(tx)] == ["late"]
