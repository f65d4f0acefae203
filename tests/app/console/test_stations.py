"""Who runs a region or a station sees theirs and no other, by page and by Postgres."""

from core.fuel import complaints, stations
from core.staff import members
from core.staff.roles import Grant, Member, Scope
from core.staff.scopes import hold_to
from tests.app.console.conftest import Clerk
from tests.app.console.test_pages import Office, office
from tests.core.fuel.test_complaints import filed
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant

__all__ = ["office"]


def manager(office: Office, handle: str, *grants: Grant) -> Clerk:
    tenant = office.tenant
    with tenant.tx() as tx:
        link = members.invite(tx, KEYS, tenant.tenant_id, handle, list(grants), by="test")
    with tenant.tx() as tx:
        members.use_link(tx, KEYS, link)
        found: Member = members.find(tx, handle)
    return Clerk(office.web, tenant).signs_in(found)


def all_of(tenant: UssdTenant) -> list[stations.Station]:
    with tenant.tx() as tx:
        return stations.all_stations(tx)


def test_a_manager_sees_the_stations_of_their_scope(office: Office) -> None:
    tenant = office.tenant
    filed(tenant)
    known = all_of(tenant)
    ours = next(one for one in known if one.name == "Remera")
    others = [one for one in known if one.region != ours.region]
    assert others
    region = manager(office, "region", Grant("regional_manager", Scope("region", ours.region)))
    by_name = manager(office, "name", Grant("station_manager", Scope("station", ours.name)))
    number = Scope("station", str(ours.number))
    by_number = manager(office, "number", Grant("station_manager", number))
    whole = office.clerk("company_admin")
    for clerk in (region, by_name, by_number):
        page = clerk.reads("/console/fuel")
        assert ours.name in page
        assert "Fuel stations" in clerk.reads("/console")
        assert ours.name in clerk.reads(f"/console/fuel/{ours.id}")
        for other in others:
            assert other.name not in page
            assert clerk.get(f"/console/fuel/{other.id}").status_code == 404
        # What is not of a region or a station stays closed.
        assert clerk.get("/console/people").status_code == 403
    page = whole.reads("/console/fuel")
    assert all(one.name in page for one in known)
    elsewhere = manager(office, "far", Grant("station_manager", Scope("station", "Nowhere")))
    assert "There is no station yet." in elsewhere.reads("/console/fuel")
    assert office.clerk("government").get("/console/fuel").status_code == 403


def test_postgres_keeps_to_a_scope_whatever_is_asked(office: Office) -> None:
    tenant = office.tenant
    filed(tenant)
    known = all_of(tenant)
    ours = next(one for one in known if one.name == "Remera")
    tables = (
        *("fuel_station", "fuel_tank", "fuel_nozzle", "fuel_attendant", "fuel_shift"),
        *("fuel_sale", "fuel_complaint", "fuel_acknowledgement"),
    )
    tanks = ("fuel_chart", "fuel_dip", "fuel_delivery", "fuel_stock_day", "fuel_stock_alarm")
    column = dict.fromkeys(tables, "station_id") | {"fuel_station": "id"}
    with tenant.tx() as tx:
        hold_to(tx, [Scope("station", ours.name)])
        for table in tables:
            query = f"SELECT DISTINCT {column[table]} FROM {table}"
            assert {id for (id,) in tx.all(query)} <= {ours.id}, table
        ours_tanks = {id for (id,) in tx.all("SELECT id FROM fuel_tank")}
        for table in tanks:
            found = {id for (id,) in tx.all(f"SELECT DISTINCT tank_id FROM {table}")}
            assert found <= ours_tanks, table
        assert len(complaints.all_open(tx)) == 1
        changed = tx.execute("UPDATE fuel_station SET name = name").rowcount
        assert changed == 1
    with tenant.tx() as tx:
        hold_to(tx, [Scope("region", "Nowhere\nstation:Remera")])
        assert stations.all_stations(tx) == []
        assert complaints.all_open(tx) == []
    with tenant.tx() as tx:
        hold_to(tx, [])
        assert stations.all_stations(tx) == []
    # It ended with its transaction: phones and jobs see all.
    assert all_of(tenant) == known
    with tenant.tx() as tx:
        hold_to(tx, [Scope("station", ours.name), Scope()])
        assert stations.all_stations(tx) == known
