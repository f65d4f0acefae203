"""A ride from its booking to its end: money, codes, races, and what the clock does."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from core.db.database import Database
from core.money import ledger
from core.money.errors import InsufficientFunds
from core.rides import booking, driving, offers, rides, stops, tariffs
from core.rides.errors import (
    BusyRiding,
    FareExpired,
    OfferOver,
    PapersExpired,
    RideCodeLocked,
    RideOver,
    RideUnderWay,
    TooSoon,
)
from tests.support.history_of_rides import begun, booked, ended, on_duty, taken
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import UssdTenant
from values import clock

FARE = 1_339  # 10,030 m from Nyabugogo to Remera


def _wallet(tenant: UssdTenant, who: str) -> tuple[int, int]:
    """Balance and what is set aside, in minor units."""
    return tenant.balance(ledger.account_id(tenant.id_of(who), ledger.WALLET, CURRENCY))


def _state(tenant: UssdTenant) -> str:
    (state,) = tenant.one("SELECT state FROM ride ORDER BY id DESC LIMIT 1")
    return str(state)


def test_a_ride_is_paid_from_the_wallet_once(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    before = _wallet(tenant, "kabera")[0]
    ride = booked(tenant, "kabera")
    assert ride.fare_minor == FARE
    assert _wallet(tenant, "kabera") == (before, FARE)
    taken(tenant, ride)
    begun(tenant, ride)
    ended(tenant, ride)
    with pytest.raises(RideOver):
        ended(tenant, ride)
    commission = FARE // 10
    assert _wallet(tenant, "kabera") == (before - FARE, 0)
    assert _wallet(tenant, "mbonyi") == (500 + FARE - commission, 0)
    assert f"{FARE:,} RWF paid from your wallet" in tenant.texts("kabera")[-1]
    assert f"You earned {FARE - commission:,} RWF" in tenant.texts("mbonyi")[-1]
    steps = tenant.admin.execute("SELECT step FROM ride_event ORDER BY id").fetchall()
    told = ["request", "offer", "accept", "arrive", "start", "complete"]
    assert [step for (step,) in steps] == told


def test_waiting_is_taken_where_the_wallet_has_it_and_let_go_where_not(tenant: UssdTenant) -> None:
    for balance, waited in ((9_000, 210), (FARE, 0)):
        on_duty(tenant, "mbonyi")
        spare = _wallet(tenant, "kabera")[0] - balance
        if spare:
            tenant.fund(ledger.account_id(tenant.id_of("kabera"), "wallet", CURRENCY), -spare)
        ride = booked(tenant, "kabera")
        taken(tenant, ride)
        tenant.change(driving.arrive, KEYS, ride_id=ride.id, driver_id=tenant.id_of("mbonyi"))
        tenant.admin.execute("UPDATE ride SET arrived_at = arrived_at - interval '19.5 minutes'")
        told = {"ride_id": ride.id, "driver_id": tenant.id_of("mbonyi")}
        tenant.change(driving.start, KEYS, **told)
        ended(tenant, ride)
        assert _wallet(tenant, "kabera") == (balance - FARE - waited, 0)


def test_in_cash_no_money_of_ours_moves(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    ride = booked(tenant, "kabera", in_cash=True)
    taken(tenant, ride)
    begun(tenant, ride)
    ended(tenant, ride)
    assert tenant.count("entry", "kind = 'ride_fare'") == 0
    assert f"costs {FARE:,} RWF: pay Mbonyi C. in cash" in tenant.texts("kabera")[-1]
    assert tenant.change(rides.rate, ride.id, tenant.id_of("kabera"), 5)
    assert not tenant.change(rides.rate, ride.id, tenant.id_of("kabera"), 1), "once"


def test_without_the_money_nothing_is_booked(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    with pytest.raises(InsufficientFunds):
        booked(tenant, "safari")
    assert tenant.count("ride") == 0
    with tenant.tx() as tx:
        assert offers.open_offer(tx, tenant.id_of("mbonyi")) is None


def test_a_customer_has_one_ride_at_a_time(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    booked(tenant, "kabera")
    with pytest.raises(RideUnderWay):
        booked(tenant, "kabera", in_cash=True)
    assert tenant.count("ride") == 1
    assert _wallet(tenant, "kabera")[1] == FARE, "set aside once"


def test_who_does_not_answer_is_passed_over_and_at_last_the_customer_is_told(
    tenant: UssdTenant,
) -> None:
    on_duty(tenant, "mbonyi")
    on_duty(tenant, "safari")
    ride = booked(tenant, "kabera")
    with tenant.tx() as tx:
        asked = {
            who: offers.open_offer(tx, tenant.id_of(who)) is not None
            for who in ("mbonyi", "safari")
        }
    first = next(who for who, is_asked in asked.items() if is_asked)
    other = next(who for who in asked if who != first)
    assert list(asked.values()).count(True) == 1, "one at a time"
    tenant.admin.execute("UPDATE ride_offer SET expires_at = now()")
    with pytest.raises(OfferOver):
        taken(tenant, ride, first)
    relay = Database(tenant.urls.relay_url)
    assert offers.expire_due(tenant.database, relay) == 1
    with tenant.tx() as tx:
        assert offers.open_offer(tx, tenant.id_of(first)) is None
        assert offers.open_offer(tx, tenant.id_of(other)) is not None
    tenant.change(offers.refuse, ride_id=ride.id, driver_id=tenant.id_of(other))
    assert _state(tenant) == "expired"
    assert _wallet(tenant, "kabera") == (9_000, 0), "nothing is set aside any more"
    assert tenant.texts("kabera")[-1].startswith("No rider is free near Nyabugogo now.")
    assert offers.expire_due(tenant.database, relay) == 0
    relay.close()


def test_only_the_customers_code_begins_a_ride_and_nobody_guesses_it(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    ride = booked(tenant, "kabera")
    taken(tenant, ride)
    driver = {"ride_id": ride.id, "driver_id": tenant.id_of("mbonyi")}
    right = rides.digits_of(KEYS, ride.id)
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    for _ in range(driving.WRONG_CODES_MAXIMUM):
        assert not tenant.change(driving.check_code, KEYS, **driver, code=wrong)
    with pytest.raises(RideCodeLocked):
        tenant.change(driving.check_code, KEYS, **driver, code=right)
    assert f"Your code: {right}." in tenant.texts("kabera")[-1]
    assert tenant.count("message", "strpos(params::text, %s) > 0", right) == 0, "it is not stored"


def test_a_driver_gives_a_ride_back_and_another_is_asked(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    ride = booked(tenant, "kabera")
    taken(tenant, ride)
    on_duty(tenant, "safari", stop=1)
    told = {"ride_id": ride.id, "driver_id": tenant.id_of("mbonyi")}
    tenant.change(driving.give_up, KEYS, **told)
    with pytest.raises(RideOver):
        tenant.change(driving.arrive, KEYS, **told)
    taken(tenant, ride, "safari")
    assert tenant.texts("kabera")[-2] == "Mbonyi C. cannot come. We are asking other riders."
    assert "Safari E., plate RE 330 C" in tenant.texts("kabera")[-1]


@pytest.mark.parametrize(("minutes", "fee"), [(4, 0), (6, 200)])
def test_a_late_cancellation_costs_what_the_tariff_says(
    tenant: UssdTenant, minutes: int, fee: int
) -> None:
    on_duty(tenant, "mbonyi")
    ride = booked(tenant, "kabera")
    taken(tenant, ride)
    tenant.admin.execute("UPDATE ride SET accepted_at = now() - %s", (timedelta(minutes=minutes),))
    told = {"ride_id": ride.id, "customer_id": tenant.id_of("kabera")}
    assert tenant.change(booking.cancel, KEYS, **told) == fee
    assert _wallet(tenant, "kabera") == (9_000 - fee, 0)
    assert _wallet(tenant, "mbonyi") == (500 + fee, 0)
    with pytest.raises(RideOver):
        tenant.change(booking.cancel, KEYS, **told)


def test_nobody_came_ends_the_ride_after_a_wait(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    ride = booked(tenant, "kabera")
    taken(tenant, ride)
    told = {"ride_id": ride.id, "driver_id": tenant.id_of("mbonyi")}
    tenant.change(driving.arrive, KEYS, **told)
    with pytest.raises(TooSoon):
        tenant.change(driving.miss, KEYS, **told)
    tenant.admin.execute("UPDATE ride SET arrived_at = arrived_at - interval '6 minutes'")
    tenant.change(driving.miss, KEYS, **told)
    assert _state(tenant) == "no_show"
    assert _wallet(tenant, "kabera") == (9_000, 0)


def test_with_papers_that_are_over_nobody_is_on_duty(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi")
    tenant.admin.execute("UPDATE driver SET insurance_until = '2020-01-01' WHERE cell IS NOT NULL")
    booked(tenant, "kabera", in_cash=True)
    assert _state(tenant) == "expired", "nobody with papers was near"
    with pytest.raises(PapersExpired):
        on_duty(tenant, "mbonyi")


def test_of_many_who_act_at_once_one_wins(tenant: UssdTenant) -> None:
    """The driver accepts and the customer cancels, eight times each at the same moment."""
    on_duty(tenant, "mbonyi")
    ride = booked(tenant, "kabera")
    together = threading.Barrier(16)
    won: list[str] = []

    def accept() -> None:
        together.wait()
        try:
            with tenant.tx() as tx:
                offers.accept(tx, KEYS, ride_id=ride.id, driver_id=tenant.id_of("mbonyi"))
            won.append("accept")
        except (OfferOver, RideOver, BusyRiding):
            pass

    def cancel() -> None:
        together.wait()
        try:
            with tenant.tx() as tx:
                booking.cancel(tx, KEYS, ride_id=ride.id, customer_id=tenant.id_of("kabera"))
            won.append("cancel")
        except RideOver:
            pass

    threads = [threading.Thread(target=one) for one in (accept, cancel) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won in (["cancel"], ["accept", "cancel"])
    assert _state(tenant) == "cancelled"
    assert _wallet(tenant, "kabera") == (9_000, 0)


def test_a_fare_is_honoured_until_it_expires_and_no_longer(tenant: UssdTenant) -> None:
    """The table changed meanwhile; what was shown holds for its minutes."""
    ours = tenant.service().tenant
    with tenant.tx() as tx:
        start, end = stops.all_stops(tx)[:2]
        shown = tariffs.fare(tx, ours, pickup=start, destination=end)
    assert 9 * 60 < shown.honoured_until_s - clock.epoch_s() <= 10 * 60
    tenant.admin.execute("UPDATE ride_tariff SET terms = jsonb_set(terms, '{base_minor}', '9000')")
    booking_of = {
        "customer_id": tenant.id_of("kabera"),
        "pickup_id": start.id,
        "destination_id": end.id,
        "in_cash": True,
    }
    before = tenant.number("SELECT count(*) FROM ride")
    old = replace(shown, honoured_until_s=int(clock.epoch_s()) - 1)
    with pytest.raises(FareExpired):
        tenant.change(booking.book, ours, **booking_of, fare=old)
    assert tenant.number("SELECT count(*) FROM ride") == before
    ride = tenant.change(booking.book, ours, **booking_of, fare=shown)
    assert ride.fare_minor == FARE
