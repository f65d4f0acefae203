"""Who may be asked about a ride: by where they are at this moment, and only then at most so many.

A driver whose stop is near and who is known to be elsewhere is no candidate; so nobody is left out
for their sake, however many stand at one stop.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from core.db.database import Tx
from core.rides import matching, positions
from core.rides.fares import Place, metres_between
from core.rides.lifecycle import IS_TAKEN
from core.rides.matching import Candidate, Plan
from core.rides.rides import Ride

# Drivers in so many hexagons: beyond that a city has other trouble than who is nearest.
ELIGIBLE_MAXIMUM: Final = 5_000

_ELIGIBLE: Final = (
    "SELECT d.subscriber_id, d.latitude_e7, d.longitude_e7 FROM driver d"
    " JOIN subscriber s ON s.tenant_id = d.tenant_id AND s.id = d.subscriber_id"
    "  AND s.status <> 'frozen'"
    " WHERE d.tenant_id = current_tenant() AND d.cell IS NOT NULL"
    " AND (d.cell = ANY (%(cells)s) OR d.subscriber_id = ANY (%(near)s))"
    " AND least(d.licence_until, d.insurance_until) >="
    "  (SELECT (now() AT TIME ZONE t.time_zone)::date FROM tenant t WHERE t.id = current_tenant())"
    " AND d.subscriber_id <> %(customer)s"
    " AND NOT EXISTS (SELECT 1 FROM ride_offer f WHERE f.tenant_id = d.tenant_id"
    "  AND f.driver_id = d.subscriber_id AND (f.state = 'open' OR f.ride_id = %(ride)s))"
    f" AND NOT EXISTS (SELECT 1 FROM ride r WHERE r.tenant_id = d.tenant_id"
    f"  AND r.driver_id = d.subscriber_id AND r.{IS_TAKEN})"
    " LIMIT %(most)s"
)
_COUNTED: Final = (
    "SELECT driver_id, count(*), count(*) FILTER (WHERE state = 'accepted') FROM ride_offer"
    " WHERE tenant_id = current_tenant() AND driver_id = ANY (%s)"
    " AND offered_at > now() - interval '1 day' GROUP BY driver_id"
)


def within(tx: Tx, ride: Ride, radius_m: int, plan: Plan) -> list[Candidate]:
    """Drivers within a radius of where a ride begins who may be asked about it, the nearest first,
    at most as many as the plan says. Each is where they are now, as far as that is known, and else
    where they were seen last."""
    known, pickup = positions.known(), ride.begins_at
    here = dict(known.near(tx.tenant_id, pickup, radius_m))
    rows = tx.all(
        _ELIGIBLE,
        {
            "cells": matching.cells_within(pickup, radius_m),
            "near": list(here),
            "customer": ride.customer_id,
            "ride": ride.id,
            "most": ELIGIBLE_MAXIMUM,
        },
    )
    here.update(known.of(tx.tenant_id, [id for id, *_ in rows if id not in here]))
    places = {id: here.get(id) or Place(*seen) for id, *seen in rows}
    return _counted(tx, _nearest(places, pickup, radius_m, plan.candidates_maximum))


def _nearest(
    places: Mapping[uuid.UUID, Place], pickup: Place, radius_m: int, most: int
) -> list[tuple[uuid.UUID, Place]]:
    away = sorted((metres_between(place, pickup), id.int, id) for id, place in places.items())
    return [(id, places[id]) for metres, _, id in away[:most] if metres <= radius_m]


def _counted(tx: Tx, found: Sequence[tuple[uuid.UUID, Place]]) -> list[Candidate]:
    """With how many offers each had within a day, and took."""
    if not found:
        return []
    rows = tx.all(_COUNTED, ([id for id, _ in found],))
    counts = {id: (offers, accepted) for id, offers, accepted in rows}
    return [Candidate(id, place, *counts.get(id, (0, 0))) for id, place in found]
