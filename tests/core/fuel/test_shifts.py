"""A shift from its code to its end: meters, money, roll-over, races."""

import pytest

from core.fuel import meters, over_short, shifts, station_codes
from core.fuel.errors import (
    MeterBelow,
    MeterTooFar,
    NoFuelPrice,
    NoShift,
    PricesChanged,
    ShiftUnderWay,
    StationCodeLocked,
)
from core.fuel.shifts import Counted, Reckoned, Shift
from tests.support.history_of_fuel import price_changes, shift_is_opened
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values import clock

PETROL, DIESEL, NEW_PETROL = 1768, 1773, 1868
ALL = Counted(100_000, 50_000, 0, 0)


@pytest.mark.parametrize(
    ("before", "now", "digits", "sold"),
    [
        (0, 0, 7, 0),
        (1_234_567, 1_234_568, 7, 1),
        (999_999_950, 50, 7, 100),  # 9,999,999.50 and, after 0, 0.50
        (99_999_00, 1_00, 5, 200),
        (0, 57_600_00, 7, 57_600_00),
    ],
)
def test_what_ran_between_two_readings(before: int, now: int, digits: int, sold: int) -> None:
    assert meters.sold_cl(before, now, digits) == sold


@pytest.mark.parametrize(
    ("before", "now", "error"),
    [
        (1_234_567, 1_234_566, MeterBelow),
        (1_234_567, 123_456, MeterBelow),  # a digit too few
        (1_234_567, 12_345_670, MeterTooFar),  # a digit too many
        (0, 10**9, MeterTooFar),  # more digits than it has
    ],
)
def test_what_a_meter_cannot_say(before: int, now: int, error: type[MeterBelow]) -> None:
    with pytest.raises(error):
        meters.sold_cl(before, now, 7)


def test_litres_become_money_half_up() -> None:
    assert meters.amount_minor(150, 1_001) == 1_502
    assert meters.centilitres("12345.6") == 1_234_560
    assert meters.litres(1_234_506) == "12345.06"


def _open(tenant: UssdTenant) -> Shift:
    with tenant.tx() as tx:
        return shifts.require_open(tx, tenant.id_of("ndoli"))


def _end(tenant: UssdTenant, shift: Shift, *totalisers_cl: int) -> Reckoned:
    found: Reckoned = tenant.change(
        shifts.end, KEYS, shift=shift, totalisers_cl=totalisers_cl, counted=ALL, at=clock.now()
    )
    return found


def test_a_shift_ends_once_with_what_its_meters_say(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift_is_opened(tenant)
    with pytest.raises(ShiftUnderWay):
        shift_is_opened(tenant)
    shift = _open(tenant)
    with pytest.raises(MeterBelow):
        _end(tenant, shift, 1_234_566, 90_000)
    expected = 70 * PETROL + 10 * DIESEL
    assert _end(tenant, shift, 1_241_567, 91_000) == Reckoned(8_000, expected)
    with pytest.raises(NoShift):
        _end(tenant, shift, 1_241_567, 91_000)
    assert tenant.count("fuel_reading") == 4
    row = tenant.one("SELECT expected_minor, cash_minor + mobile_minor FROM fuel_shift")
    assert row == (expected, 150_000)
    assert f"{expected:,} RWF expected, 150,000 RWF counted" in tenant.texts("mugisha")[-1]
    # What ran while nobody had a shift is no sale of the next one.
    tenant.change(
        shifts.begin,
        attendant_id=tenant.id_of("ndoli"),
        pump=1,
        totalisers_cl=(1_241_767, 91_000),
        at=clock.now(),
    )
    assert tenant.one("SELECT sum(gap_cl), sum(sold_cl) FROM fuel_reading") == (200, 8_000)
    with tenant.tx() as tx:
        today = over_short.ended(tx, shift.opened_at, clock.now())
    assert [(one.station_number, one.sold_cl, one.gap_cl) for one in today] == [(101, 8_000, 0)]
    monkeypatch.setattr(over_short, "LISTED_MAXIMUM", 0)
    with tenant.tx() as tx, pytest.raises(over_short.TooManyShifts):  # no sum leaves one out
        over_short.ended(tx, shift.opened_at, clock.now())
    short = {tenant.id_of("ndoli"): 150_000 - expected}
    assert over_short.by_attendant(today) == short
    assert over_short.by_attendant([*today, *today]) == {id: 2 * by for id, by in short.items()}


def test_a_price_that_changes_within_a_shift_splits_it(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    price_changes(tenant)
    shift = _open(tenant)
    with pytest.raises(PricesChanged):
        _end(tenant, shift, 1_241_567, 91_000)
    done = _end(tenant, shift, 1_235_567, 1_241_567, 90_000, 90_000)
    assert done == Reckoned(7_000, 10 * PETROL + 60 * NEW_PETROL)


def test_no_shift_sells_what_has_no_price(tenant: UssdTenant) -> None:
    """A tank was filled with something that the prices of this window leave out."""
    shift_is_opened(tenant)
    tenant.admin.execute(
        "INSERT INTO fuel_product (tenant_id, key, name, unit, position)"
        " SELECT tenant_id, 'kerosene', 'Peteroli', 'litre', 3 FROM fuel_product LIMIT 1"
    )
    tenant.admin.execute(
        "UPDATE fuel_tank SET product = 'kerosene' WHERE product = 'gasoil' AND station_id = %s",
        (tenant.stations()["Remera"],),
    )
    shift = _open(tenant)
    with pytest.raises(NoFuelPrice):
        _end(tenant, shift, 1_241_567, 91_000)
    assert _end(tenant, shift, 1_241_567, 90_000) == Reckoned(7_000, 70 * PETROL)
    with pytest.raises(NoFuelPrice):
        shift_is_opened(tenant)
    assert tenant.count("fuel_shift") == 1


def test_the_code_of_the_hour_is_not_guessed(tenant: UssdTenant) -> None:
    attendant, station = tenant.id_of("ndoli"), tenant.stations()["Remera"]
    right = station_codes.digits_of(KEYS, station)
    assert tenant.change(station_codes.check, KEYS, attendant_id=attendant, code=right)
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    for _ in range(station_codes.WRONG_CODES_MAXIMUM):
        assert not tenant.change(station_codes.check, KEYS, attendant_id=attendant, code=wrong)
    with pytest.raises(StationCodeLocked):
        tenant.change(station_codes.check, KEYS, attendant_id=attendant, code=right)
    tenant.admin.execute("UPDATE fuel_attendant SET wrong_hour = wrong_hour - 1")
    assert tenant.change(station_codes.check, KEYS, attendant_id=attendant, code=right)
