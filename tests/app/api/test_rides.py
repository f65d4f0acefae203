"""Drivers' positions as the company's own app says them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.rides.fares import Place
from tests.app.api.conftest import Programs, said
from tests.support.history_of_rides import on_duty
from tests.support.rides import positions_in
from tests.support.ussd import UssdTenant
from workers.rides.positions import RedisPositions

REMERA = Place.of_degrees(-1.9583, 30.1115)


@pytest.fixture
def kept(redis_url: str) -> Iterator[RedisPositions]:
    with positions_in(redis_url) as made:
        yield made


def _position(tenant: UssdTenant, who: str, **changes: Any) -> dict[str, Any]:
    return {
        "driver_id": str(tenant.id_of(who)),
        "latitude": -1.9583,
        "longitude": 30.1115,
        "accuracy_m": 12,
        "at": datetime.now(UTC).isoformat(),
        **changes,
    }


def test_positions_are_taken_and_each_that_is_not_says_why(
    program: Programs, tenant: UssdTenant, kept: RedisPositions
) -> None:
    on_duty(tenant, "mbonyi")
    later = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    body = {
        "positions": [
            _position(tenant, "mbonyi"),
            _position(tenant, "mbonyi", accuracy_m=51),
            _position(tenant, "mbonyi", at=later),
            _position(tenant, "safari"),
            _position(tenant, "uwera"),
        ]
    }
    answer = program("rides:drive").post("/rides/positions", body)
    assert answer.status_code == 200, answer.data
    assert said(answer) == {
        "taken": 1,
        "refused": [
            {"index": 1, "reason": "position_vague"},
            {"index": 2, "reason": "position_ahead"},
            {"index": 3, "reason": "rider_off_duty"},
            {"index": 4, "reason": "not_a_rider"},
        ],
    }
    assert list(kept.near(tenant.tenant_id, REMERA, 100)) == [tenant.id_of("mbonyi")]


def test_what_is_no_place_is_refused_with_its_field(program: Programs, tenant: UssdTenant) -> None:
    swapped = _position(tenant, "mbonyi", latitude=130.1115, longitude=-1.9583)
    answer = program("rides:drive").post("/rides/positions", {"positions": [swapped]})
    assert answer.status_code == 422
    assert [one["field"] for one in said(answer)["errors"]] == ["positions.0.latitude"]


def test_another_scope_says_no_positions(program: Programs, tenant: UssdTenant) -> None:
    body = {"positions": [_position(tenant, "mbonyi")]}
    assert program("people:read").post("/rides/positions", body).status_code == 403
