"""Fuel stations at a glance; one station with its tanks' days, deliveries, and what was told. Who
runs a region or a station sees theirs: Postgres shows no other."""

import uuid
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.fuel import deliveries, overview, stock_days
from core.staff.roles import Permission, ScopeKind
from values import clock

LOOK: Final = Permission(
    "fuel.look",
    "see fuel stations and their stock",
    ("company_admin", "regional_manager", "station_manager", "operator", "auditor"),
)
WITHIN: Final[tuple[ScopeKind, ...]] = ("tenant", "region", "station")
DELIVERIES_MAXIMUM: Final = 200
_MONTH_FORMAT: Final = "%Y-%m"


def listed(visit: Visit) -> Response:
    found = overview.now(visit.tx, clock.now(visit.business.zone).date())
    return visit.show(
        "fuel/list.html",
        found=found,
        unacknowledged=overview.unacknowledged(found),
        litres=overview.litres,
    )


def one(visit: Visit, id: uuid.UUID) -> Response:
    today = clock.now(visit.business.zone).date()
    station = next((each for each in overview.now(visit.tx, today) if each.station.id == id), None)
    if station is None:
        raise NotFound
    number = station.station.number
    try:
        asked = date.fromisoformat(f"{visit.args.get('month', '')}-01")
    except ValueError:
        asked = today
    first = stock_days.first_of(asked)
    last = stock_days.next_month(first)
    begins, ends = (datetime.combine(day, time(), visit.business.zone) for day in (first, last))
    received = deliveries.between(visit.tx, begins, ends, DELIVERIES_MAXIMUM)
    return visit.show(
        "fuel/one.html",
        now=station,
        month=f"{first:{_MONTH_FORMAT}}",
        days=stock_days.listed(visit.tx, first, last, number),
        told=stock_days.told(visit.tx, first, last, number),
        received=[each for each in received if each.station_number == number],
        litres=overview.litres,
    )


PAGE = Page(
    name="fuel",
    title="Fuel stations",
    folder=Path(__file__).parent,
    order=9,
    routes=(
        Route("", listed, LOOK, scopes=WITHIN),
        Route("/<uuid:id>", one, LOOK, scopes=WITHIN),
    ),
)
