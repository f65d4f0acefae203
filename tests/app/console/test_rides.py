"""The board of rides: what is under way as it changes, calls for help first, and a ride given to a
driver by hand."""

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from core.money import ledger
from core.rides import booking, desk, helping, offers, papers, positions, rides, tariffs
from core.rides.errors import OfferOver
from core.rides.papers import Papers
from core.rides.reports import REPORTS
from core.rides.rides import Ride
from core.staff.roles import Member
from tests.app.console.conftest import Clerk
from tests.support.rides import Riding, positions_in
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from values import clock


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, "umoja") as made:
        yield made
        assert made.broken() == []


@pytest.fixture(scope="module")
def riding(tenant: Tenant) -> Riding:
    made = Riding(tenant)
    made.another_driver("Safari Eric", "RD 2 B")
    return made


@pytest.fixture(autouse=True)
def nothing_under_way(tenant: Tenant, riding: Riding) -> Iterator[None]:
    riding.everybody_on_duty()
    yield
    left = "SELECT id FROM ride WHERE ended_at IS NULL"
    for (ride_id,) in tenant.admin.execute(left).fetchall():
        with tenant.tx() as tx:
            ride = rides.get(tx, ride_id)
            if ride.state != "started":
                booking.cancel(tx, KEYS, ride_id=ride.id, customer_id=ride.customer_id)
        if ride.state == "started":
            assert ride.driver_id is not None
            riding.ended(ride, ride.driver_id)


@pytest.fixture
def operator(web: Flask, tenant: Tenant, staff: dict[str, Member]) -> Clerk:
    return Clerk(web, tenant).signs_in(staff["operator"])


def _state(tenant: Tenant, ride: Ride) -> tuple[str, uuid.UUID | None]:
    with tenant.tx() as tx:
        now = rides.get(tx, ride.id)
    return now.state, now.driver_id


def _other_than(riding: Riding, driver_id: uuid.UUID | None) -> tuple[uuid.UUID, str]:
    """The other of the two drivers, with their plate."""
    return next((id, plate) for id, plate in riding.plates().items() if id != driver_id)


def _trail(tenant: Tenant, action: str) -> tuple[uuid.UUID, dict[str, str]]:
    """What the trail says of an act last."""
    found = "SELECT object_id, detail FROM audit WHERE action = %s ORDER BY id DESC LIMIT 1"
    object_id, detail = tenant.one(found, action)
    return object_id, detail


def test_the_board_shows_what_is_under_way_as_it_changes(
    operator: Clerk, riding: Riding, tenant: Tenant
) -> None:
    assert "Under way: 0" in operator.reads("/console/rides")
    ride = riding.booked(in_cash=True)
    page = operator.reads("/console/rides/now?again=1")
    assert "Under way: 1" in page
    assert ride.reference in page
    assert "offered" in page
    assert "<html" not in page, "a part of a page alone"
    riding.taken(ride)
    page = operator.reads("/console/rides/now?again=1")
    assert "accepted" in page
    assert 'src="/console/static/live.js"' in operator.reads("/console/rides")


def test_filters_leave_the_others_out(operator: Clerk, riding: Riding) -> None:
    ride = riding.booked(in_cash=True)
    start, end = riding.stops
    plate = riding.plates()[riding.asked(ride)]
    for query, is_shown in (
        ("state=offered", True),
        ("state=started", False),
        (f"stop={start.id}", True),
        (f"stop={end.id}", False),
        (f"words={plate.replace(' ', '').lower()}", True),
        (f"words={ride.reference[:5]}", True),
        ("words=ZZ9", False),
        ("state=nonsense&stop=nonsense", True),
    ):
        page = operator.reads(f"/console/rides/now?{query}")
        assert (ride.reference in page) == is_shown, query


def test_who_calls_for_help_is_first(operator: Clerk, riding: Riding, tenant: Tenant) -> None:
    first = riding.booked(in_cash=True)
    second = riding.booked(in_cash=True, customer=riding.another_customer())
    with tenant.tx() as tx:
        helping.call(tx, ride_id=second.id, actor_id=second.customer_id)
    page = operator.reads("/console/rides")
    assert page.index(second.reference) < page.index(first.reference)
    assert page.index("SOS") < page.index(second.reference)


def test_where_a_driver_is_now_is_shown(
    operator: Clerk, riding: Riding, tenant: Tenant, redis_url: str
) -> None:
    with positions_in(redis_url):
        with tenant.tx() as tx:
            at_s = clock.epoch_s()
            positions.report(tx, riding.driver, riding.stops[1].place, at_s=at_s)
        assert "m Remera" in operator.reads("/console/rides")
        # Its own minute later nothing is said of it.
    assert "m Remera" not in operator.reads("/console/rides")


def test_a_ride_is_given_to_another_driver_with_a_reason(
    operator: Clerk, riding: Riding, tenant: Tenant
) -> None:
    ride = riding.booked()
    riding.taken(ride)
    _, had = _state(tenant, ride)
    assert had is not None
    other, plate = _other_than(riding, had)
    path = f"/console/rides/{ride.id}/give"
    assert operator.post(path, plate=plate, reason=" ").status_code == 409
    assert _state(tenant, ride) == ("accepted", had)
    page = operator.does(path, plate=plate.lower().replace(" ", ""), reason="had a puncture")
    assert "It is theirs." in page
    assert _state(tenant, ride) == ("accepted", other)
    assert "reassign" in page
    detail = {"plate": plate, "before": riding.plates()[had], "reason": "had a puncture"}
    assert _trail(tenant, "reassign ride") == (ride.id, detail)
    told = [name for (name,) in tenant.admin.execute("SELECT template FROM message ORDER BY id")]
    assert told[-3:] == ["ride_moved", "ride_taken", "rider_comes"]
    wallet = ledger.account_id(riding.customer, ledger.WALLET, CURRENCY)
    assert tenant.balance(wallet)[1] == ride.fare_minor, "set aside once, as before"
    # And back to who had it, who was asked about it before.
    operator.does(path, plate=_other_than(riding, other)[1], reason="the wheel is mended")
    assert _state(tenant, ride) == ("accepted", had)


def test_who_was_being_asked_is_asked_no_more(
    operator: Clerk, riding: Riding, tenant: Tenant
) -> None:
    ride = riding.booked(in_cash=True)
    asked = riding.asked(ride)
    other, plate = _other_than(riding, asked)
    operator.does(f"/console/rides/{ride.id}/give", plate=plate, reason="stands beside")
    assert _state(tenant, ride) == ("accepted", other)
    with tenant.tx() as tx:
        assert offers.open_offer(tx, asked) is None
    with pytest.raises(OfferOver), tenant.tx() as tx:
        offers.accept(tx, KEYS, ride_id=ride.id, driver_id=asked)


def test_what_cannot_be_given_is_refused_in_a_sentence(
    operator: Clerk, riding: Riding, tenant: Tenant
) -> None:
    ride = riding.booked(in_cash=True)
    riding.taken(ride)
    _, had = _state(tenant, ride)
    assert had is not None
    second = riding.booked(in_cash=True, customer=riding.another_customer())
    path = f"/console/rides/{second.id}/give"
    for plate, said in (
        ("XX 1", "No driver on duty has that plate"),
        (riding.plates()[had], "has a ride, or is being asked"),
    ):
        answer = operator.post(path, plate=plate, reason="r")
        assert (answer.status_code, said in answer.text) == (409, True), answer.text
    tenant.admin.execute("UPDATE driver SET licence_until = '2020-01-01'")
    answer = operator.post(path, plate=_other_than(riding, had)[1], reason="r")
    tenant.admin.execute("UPDATE driver SET licence_until = '2099-01-01'")
    assert "has ended" in answer.text
    assert _state(tenant, second)[0] == "offered"
    assert (
        operator.post(f"/console/rides/{uuid.uuid4()}/give", plate="X", reason="r").status_code
        == 404
    )


def test_a_ride_that_has_begun_is_nobodys_to_give(
    operator: Clerk, riding: Riding, tenant: Tenant
) -> None:
    ride = riding.booked(in_cash=True)
    riding.begun(ride)
    _, had = _state(tenant, ride)
    path = f"/console/rides/{ride.id}"
    assert f"{path}/give" not in operator.offers(path)
    answer = operator.post(f"{path}/give", plate=_other_than(riding, had)[1], reason="r")
    assert "has begun or ended meanwhile" in answer.text
    assert desk.NOT_BEGUN == ("requested", "offered", "accepted", "arrived")
    assert _state(tenant, ride) == ("started", had)


def test_a_look_at_a_ride_is_in_the_trail(operator: Clerk, riding: Riding) -> None:
    ride = riding.booked(in_cash=True)
    page = operator.reads(f"/console/rides/{ride.id}")
    assert "request" in page
    assert operator.get(f"/console/rides/{uuid.uuid4()}").status_code == 404
    assert _trail(riding.tenant, "look at ride") == (ride.id, {})


def _papers_wait(tenant: Tenant, who: uuid.UUID, plate: str) -> uuid.UUID:
    until = date(2099, 1, 1)
    with tenant.tx() as tx:
        said = Papers(plate, "RW-A-9", until, until, licence_file_id=uuid.UUID(int=9))
        papers.bring(tx, KEYS, subscriber_id=who, papers=said, brought_by=who)
        return next(one.id for one in papers.waiting(tx) if one.subscriber_id == who)


def test_papers_are_accepted_or_refused_with_a_reason(
    operator: Clerk, riding: Riding, tenant: Tenant
) -> None:
    who = tenant.person("Umutoni Alice")
    id = _papers_wait(tenant, who, "RC 9 Z")
    page = operator.reads("/console/rides/papers")
    assert "RC 9 Z" in page
    assert "no driver yet" in page
    path = f"/console/rides/papers/{id}"
    assert operator.post(path, became="refused", reason=" ").status_code == 409
    assert "They are texted." in operator.does(path, became="refused", reason="Photo is dark")
    assert "No papers wait." in operator.reads("/console/rides/papers")
    assert _trail(tenant, "refuse papers") == (id, {"reason": "Photo is dark"})
    id = _papers_wait(tenant, who, "RC 9 Z")
    path = f"/console/rides/papers/{id}"
    assert "Papers of plate RC 9 Z." in operator.reads("/console")
    operator.does(path, became="accepted", reason="")
    assert riding.plates()[who] == "RC 9 Z"
    assert operator.post(path, became="accepted").status_code == 409
    tenant.admin.execute("DELETE FROM driver WHERE subscriber_id = %s", (who,))


def test_who_only_looks_decides_on_no_papers(
    web: Flask, tenant: Tenant, staff: dict[str, Member], riding: Riding
) -> None:
    who = tenant.person("Gatete Paul")
    id = _papers_wait(tenant, who, "RC 8 Z")
    auditor = Clerk(web, tenant).signs_in(staff["auditor"])
    assert "RC 8 Z" in auditor.reads("/console/rides/papers")
    assert auditor.post(f"/console/rides/papers/{id}", became="accepted").status_code == 403


def test_the_government_reads_the_files_for_authorities_and_nothing_else(
    web: Flask, tenant: Tenant, staff: dict[str, Member], riding: Riding
) -> None:
    riding.to_the_end(riding.booked())
    reader = Clerk(web, tenant).signs_in(staff["government"])
    page = reader.reads("/console/exports")
    for name in ("ride_trips", "ride_licences", "ride_taxes", "ride_payments"):
        assert f'value="{name}"' in page
        assert "None." not in reader.reads(f"/console/lists/{name}")
    for name in ("people", "audit", "messages"):
        assert f'value="{name}"' not in page
        assert reader.get(f"/console/lists/{name}").status_code == 403
    assert reader.get("/console/rides").status_code == 403
    assert _trail(tenant, "look at list")[1]["list"] == "ride_payments"


def _from(days: int) -> str:
    """As the form's field has it: a day from now on, in no zone."""
    return f"{clock.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


NEW_FARES: dict[str, object] = {
    **{"base_minor": "450", "includes_m": "2000", "from_m": ["2000", "40000", "", ""]},
    **{"per_km": ["125", "210", "", ""], "round_to_minor": "10", "road_factor": "1.3"},
    **{"waiting_minor": "21", "waiting_free_minutes": "10", "night_percent": "15"},
    **{"night_from": "22:00", "night_to": "05:00", "cancellation_minor": "200"},
    **{"cancellation_after_s": "300", "commission_percent": "10", "vat_percent": "18"},
    **{"honoured_minutes": "10", "maximum_km": "80"},
}


def test_fares_are_published_by_two(
    web: Flask, tenant: Tenant, staff: dict[str, Member], riding: Riding
) -> None:
    maker, checker, reader = (
        Clerk(web, tenant).signs_in(staff[role])
        for role in ("company_admin", "super_admin", "government")
    )
    assert 'name="base_minor" value="400"' in maker.reads("/console/rides/fares/draft")
    asked = {**NEW_FARES, "valid_from": _from(30)}
    page = maker.post("/console/rides/fares/preview", **asked)
    assert page.status_code == 200
    assert "450 RWF for 2,000 m" in page.text
    for _ in range(2):
        maker.does("/console/rides/fares/ask", **asked, reason="the regulator")
    other = {**asked, "base_minor": "460"}
    assert maker.post("/console/rides/fares/ask", **other, reason="r").status_code == 409
    [path] = {*re.findall(r"/console/approvals/[0-9a-f-]{36}", maker.reads("/console/rides/fares"))}
    assert maker.post(f"{path}/approve").status_code == 409
    assert reader.post("/console/rides/fares/ask", **asked, reason="r").status_code == 403
    with tenant.tx() as tx:
        assert len(tariffs.all_of_tenant(tx)) == 1
    checker.does(f"{path}/approve")
    assert "to come" in reader.reads("/console/rides/fares")
    with tenant.tx() as tx:
        new, old = tariffs.all_of_tenant(tx)
        assert tariffs.in_force(tx, clock.now()) == (old.id, old.tariff)
        assert tariffs.in_force(tx, new.valid_from) == (new.id, new.tariff)
    assert new.approved_by == "company-admin and super-admin"
    assert new.tariff.bands == ((2_000, 125), (40_000, 210))
    assert new.tariff.night is not None
    again = maker.post("/console/rides/fares/preview", **asked)
    assert (again.status_code, "from that very moment" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"valid_from": _from(-1)}, "that is to come"),
        ({"valid_from": "soon"}, "Say from when"),
        ({"base_minor": "0"}, "cost something"),
        ({"base_minor": "4.5"}, "4.5 is no number here"),
        ({"base_minor": "-1"}, "is no number here"),
        ({"base_minor": "9" * 12}, "is too much"),
        ({"from_m": ["2500", "40000"]}, "where the first metres end"),
        ({"from_m": ["2000", "2000"]}, "from farther than"),
        ({"from_m": [], "per_km": []}, "where the first metres end"),
        ({"round_to_minor": "0"}, "rounded to a unit"),
        ({"road_factor": "0.9"}, "from 1 to 5"),
        ({"vat_percent": "51"}, "50 % at most"),
        ({"night_from": "late"}, "such as 22:00"),
    ],
)
def test_fares_that_cannot_be_say_why(
    web: Flask,
    tenant: Tenant,
    staff: dict[str, Member],
    riding: Riding,
    form: dict[str, object],
    told: str,
) -> None:
    maker = Clerk(web, tenant).signs_in(staff["company_admin"])
    asked = {**NEW_FARES, "valid_from": _from(9), **form}
    answer = maker.post("/console/rides/fares/preview", **asked)
    assert (answer.status_code, told in answer.text) == (409, True), answer.text


def test_reports_are_read_and_taken_also_by_the_government(
    web: Flask, tenant: Tenant, staff: dict[str, Member], riding: Riding
) -> None:
    riding.to_the_end(riding.booked(in_cash=True))
    reader = Clerk(web, tenant).signs_in(staff["government"])
    for one in REPORTS:
        page = reader.reads(f"/console/rides/reports?report={one.name}")
        assert one.columns[0].title in page
        assert "<svg" in page
        file = reader.get(f"/console/rides/reports/file?report={one.name}")
        assert file.headers["Content-Type"].startswith("text/csv")
        assert one.columns[0].name in file.text.splitlines()[1]
        assert len(file.text.splitlines()) > 2
    assert _trail(tenant, "take report")[1]["report"] == REPORTS[-1].name
    assert reader.get("/console/rides/reports?report=x").status_code == 404
    for odd in ("first=x&last=9999-12-31", "first=0001-01-01", "first=2030-01-01&last=2020-01-01"):
        assert reader.get(f"/console/rides/reports?{odd}").status_code == 200
    operator = Clerk(web, tenant).signs_in(staff["operator"])
    assert operator.get("/console/rides/reports").status_code == 403
