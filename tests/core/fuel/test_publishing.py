"""Prices of a window: published by two, told to each dealer, acknowledged by each station."""

from contextlib import closing
from datetime import datetime, time, timedelta
from functools import partial

import pytest

from core.approvals import requests
from core.approvals.requests import Asked
from core.db.database import Database
from core.erasure.erasure import Declared, HeldBack, require_nothing_waits
from core.fuel import calling, personal, prices, stations
from core.fuel.build_up import Proposed
from core.fuel.errors import BadPrices, PricesChanged
from core.fuel.price_window import Window
from core.fuel.publishing import PUBLISH
from tests.support.domains import DOMAINS
from tests.support.history_of_fuel import ANN, BEN, next_window, published, wanted
from tests.support.tenants import KEYS, KIGALI
from tests.support.ussd import UssdTenant
from tests.support.waiting import at_once
from values import clock

OLD, NEW = 1768, 1868


def asked_for(tenant: UssdTenant, what: Proposed) -> Asked:
    found: Asked = tenant.change(
        requests.ask, KEYS, PUBLISH, by=ANN, params=what.to_params(), reason="window"
    )
    return found


def _petrol_at_remera(tenant: UssdTenant, at: datetime) -> int:
    with tenant.tx() as tx:
        station = stations.all_stations(tx)[0]
        found = prices.at(tx, station, at).prices[0]
    assert found.product == "premium"
    return found.price.amount_minor


def test_two_publish_and_the_prices_hold_from_midnight(tenant: UssdTenant) -> None:
    window = next_window()
    request = asked_for(tenant, wanted(window)).request
    with tenant.tx() as tx:
        shown = PUBLISH.show(tx, KEYS, request)
    assert shown.before["premium"] == "1723.095678"
    assert shown.after["premium"] == "1822.75 before the dealer's margin; floor 1581"
    assert shown.after["regulator"].startswith("Letter 18 (by ")
    tenant.change(requests.approve, KEYS, DOMAINS.approvals, request.id, by=BEN)

    midnight = datetime.combine(window.first, time(), tenant.service().tenant.zone)
    assert _petrol_at_remera(tenant, midnight - timedelta(seconds=1)) == OLD
    assert _petrol_at_remera(tenant, midnight) == NEW
    told = tenant.texts("mugisha")
    assert [text.split(":")[0] for text in told] == ["Remera", "Gisozi"]
    assert f"Lisansi {NEW}, Mazutu 1867 RWF" in told[0]


def test_a_window_that_has_begun_gets_its_prices_from_now_on(tenant: UssdTenant) -> None:
    before = clock.now()
    published(tenant, wanted(Window.of(before.astimezone(KIGALI).date())))
    assert _petrol_at_remera(tenant, before) == OLD
    assert _petrol_at_remera(tenant, clock.now()) == NEW


def test_what_cannot_be_published_is_refused(tenant: UssdTenant) -> None:
    window = next_window()
    with pytest.raises(BadPrices, match="premium at station 101 is 1566, below the floor of 1581"):
        asked_for(tenant, wanted(window, ex_refinery=1000))
    with pytest.raises(BadPrices, match="is over"):
        asked_for(tenant, wanted(Window.of(clock.now(KIGALI).date() - timedelta(days=60))))
    first, second = asked_for(tenant, wanted(window)), asked_for(tenant, wanted(window))
    tenant.change(requests.approve, KEYS, DOMAINS.approvals, first.request.id, by=BEN)
    with pytest.raises(BadPrices, match="published already"):
        tenant.change(requests.approve, KEYS, DOMAINS.approvals, second.request.id, by=BEN)
    assert tenant.count("fuel_publication") == 2


def test_a_window_that_two_approve_at_once_has_one_price(tenant: UssdTenant) -> None:
    window = Window.of(clock.now(KIGALI).date())
    asked = [asked_for(tenant, wanted(window)).request.id for _ in range(3)]
    answers = at_once(
        [
            partial(tenant.change, requests.approve, KEYS, DOMAINS.approvals, id, by=BEN)
            for id in asked
        ]
    )
    assert sum(isinstance(answer, BadPrices) for answer in answers) == 2
    assert tenant.count("fuel_publication", "request_id IS NOT NULL") == 1


def test_a_station_acknowledges_once_and_not_what_is_old(tenant: UssdTenant) -> None:
    dealer = tenant.id_of("mugisha")
    with tenant.tx() as tx:
        old = prices.waiting_for(tx, dealer)
    assert old is not None
    told = {"station_id": old.station.id, "dealer_id": dealer}
    for _ in range(2):
        tenant.change(prices.acknowledge, publication_id=old.publication.id, **told)
    published(tenant, wanted(Window.of(clock.now(KIGALI).date())))
    with tenant.tx() as tx:
        new = prices.waiting_for(tx, dealer)
        called = [one.station.number for one in prices.acknowledged(tx) if one.at is None]
    assert new is not None
    assert new.publication.id != old.publication.id
    assert called == [101, 102, 201]
    gisozi = {**told, "station_id": tenant.one("SELECT id FROM fuel_station WHERE number = 102")[0]}
    with pytest.raises(PricesChanged):
        tenant.change(prices.acknowledge, publication_id=old.publication.id, **gisozi)
    stranger = {**gisozi, "dealer_id": tenant.id_of("ndoli")}
    with pytest.raises(PricesChanged):
        tenant.change(prices.acknowledge, publication_id=new.publication.id, **stranger)
    tenant.change(prices.acknowledge, publication_id=new.publication.id, **gisozi)
    assert tenant.count("fuel_acknowledgement") == 2


def test_stations_that_are_silent_by_six_are_called(tenant: UssdTenant) -> None:
    published(tenant, wanted(Window.of(clock.now(KIGALI).date())))
    told = tenant.one("SELECT id FROM fuel_publication WHERE request_id IS NOT NULL")
    station = {"station_id": tenant.stations()["Remera"], "dealer_id": tenant.id_of("mugisha")}
    with closing(Database(tenant.urls.relay_url)) as relay:
        assert calling.call_due(tenant.database, relay) == 0, "it is too early"
    tenant.admin.execute(
        "UPDATE fuel_publication SET valid_from = now() - interval '7 hours' WHERE id = %s", told
    )
    tenant.change(prices.acknowledge, publication_id=told[0], **station)
    with closing(Database(tenant.urls.relay_url)) as relay:
        assert [calling.call_due(tenant.database, relay) for _ in range(2)] == [1, 1]
    sentence, count = tenant.one("SELECT sentence, count FROM alarm")
    assert (str(sentence)[-16:], count) == ("by stations 102.", 2)


def test_nobody_is_erased_whose_station_would_be_nobodys(tenant: UssdTenant) -> None:
    dealer, declared = tenant.id_of("mugisha"), Declared((), personal.HOLDS_BACK)
    with tenant.tx() as tx, pytest.raises(HeldBack, match="They run a station"):
        require_nothing_waits(tx, declared, dealer)
    with tenant.tx() as tx:
        require_nothing_waits(tx, declared, tenant.id_of("ndoli"))


def test_a_station_without_tanks_stops_no_prices(tenant: UssdTenant) -> None:
    """It is in the folder, with its dealer, before anything is sold there."""
    dealer = tenant.id_of("mugisha")
    tenant.admin.execute(
        "INSERT INTO fuel_station (tenant_id, id, number, name, region, latitude_e7, longitude_e7,"
        " dealer_id) SELECT tenant_id, gen_random_uuid(), 1, 'Aho', region, latitude_e7,"
        " longitude_e7, dealer_id FROM fuel_station WHERE number = 101"
    )
    published(tenant, wanted(Window.of(clock.now(KIGALI).date())))
    assert len(tenant.texts("mugisha")) == 2
    with tenant.tx() as tx:
        waiting = prices.waiting_for(tx, dealer)
        listed = [one.station.number for one in prices.acknowledged(tx)]
    assert waiting is not None
    assert (waiting.station.number, listed) == (101, [101, 102, 201])
