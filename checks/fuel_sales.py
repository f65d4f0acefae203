"""Samples of fuel's sales to customers' phones."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from checks import samples
from checks.samples import AMOUNT_MINOR, CALLER, CURRENCY, CUSTOMER
from checks.scenario import Goal, Samples, Scenario, refused_with
from core.fuel import complaints, points, sale_payment, sales
from core.fuel.complaints import Complaint, Purchase
from core.fuel.errors import (
    AlreadyComplained,
    ComplaintOver,
    NoFuelPrice,
    NoShift,
    NotADealer,
    NothingBought,
    SaleBeingPaid,
    SaleOver,
    TooFewPoints,
    TooMuchFuel,
)
from core.fuel.points import ENDED, USED, Moved, Rule
from core.fuel.sale_payment import FUEL_SALE, Bought
from core.fuel.sales import OnSale, Sale
from core.money.errors import InsufficientFunds
from values.money import Money

STATION: Final = "Osu Oxford Street"
AMOUNT: Final = Money(AMOUNT_MINOR, CURRENCY)
NOTHING: Final = Money(0, CURRENCY)
ON_SALE: Final = tuple(
    OnSale(product, name, unit, AMOUNT)
    for product, name, unit in (
        ("premium", "Kerosene", "litre"),
        ("gasoil", "Diesel", "litre"),
        ("lpg", "LPG", "kilogram"),
    )
)
WAITING: Final = Sale(
    AMOUNT,
    uuid.UUID(int=81),
    uuid.UUID(int=101),
    CUSTOMER.id,
    CALLER.id,
    "premium",
    "Kerosene",
    "litre",
    123_456,
    "offered",
    STATION,
    CUSTOMER.id,
)
BOUGHT: Final = Bought(STATION, "1234.56 l", "Kerosene", AMOUNT, NOTHING, 1234, "A1B2C3D4", AMOUNT)
DAY: Final = date(2026, 11, 30)
PURCHASE: Final = Purchase(uuid.UUID(int=81), "30/11", STATION, "Kerosene", "litre", 200_000)
COMPLAINT: Final = Complaint(
    AMOUNT,
    uuid.UUID(int=82),
    uuid.UUID(int=101),
    CUSTOMER.id,
    STATION,
    "Kerosene",
    "litre",
    200_000,
    123_456,
    "open",
)
POINTS_LINES: Final = [
    Moved(DAY, points.EARNED, 1234),
    Moved(DAY - timedelta(days=1), USED, 1000),
    Moved(DAY - timedelta(days=2), ENDED, 234),
    Moved(DAY - timedelta(days=3), points.EARNED, 1234),
]


def _in_cash(**changes: Any) -> Bought:
    return replace(BOUGHT, balance=None, **changes)


SAMPLES = Samples(
    answers=MappingProxyType(
        {
            sales.on_sale: lambda _id: ON_SALE,
            sales.offer: lambda **_: WAITING.id,
            sales.waiting_for: lambda _id: WAITING,
            sales.refuse: samples.nothing,
            sale_payment.worth: lambda *_: (1234, AMOUNT),
            sale_payment.pay_in_cash: lambda *_, **__: _in_cash(),
            FUEL_SALE.pay: lambda **_: BOUGHT,
            complaints.bought_lately: lambda *_: [PURCHASE] * complaints.SALES_MAXIMUM,
            complaints.file: lambda *_, **__: "A1B2C3D4",
            complaints.waiting_for: lambda _id: COMPLAINT,
            complaints.give_back: lambda **_: AMOUNT,
            complaints.call_it_right: samples.nothing,
            points.balance: lambda *_: 123_456,
            points.in_force: lambda _at: Rule({}, 5, 100, 12),
            points.moves: lambda *_: POINTS_LINES,
        }
    ),
    scenarios=(
        Scenario(
            "no fuel waits",
            {
                sales.waiting_for: lambda _id: None,
                complaints.bought_lately: refused_with(NothingBought()),
                complaints.waiting_for: lambda _id: None,
                points.balance: lambda *_: 0,
                points.moves: lambda *_: [],
                sales.on_sale: refused_with(NoShift()),
            },
        ),
        Scenario(
            "fuel without points",
            {
                sale_payment.worth: lambda *_: (0, NOTHING),
                sales.on_sale: lambda _id: ON_SALE[2:],
                sales.offer: refused_with(NoFuelPrice()),
            },
        ),
        Scenario(
            "a pump with one product",
            {
                sales.on_sale: lambda _id: ON_SALE[:1],
                sales.offer: refused_with(TooMuchFuel(maximum="1500.00 l")),
            },
        ),
        Scenario(
            "fuel being paid",
            {
                complaints.waiting_for: refused_with(NotADealer()),
                complaints.give_back: refused_with(
                    InsufficientFunds(available_minor=0, currency=CURRENCY)
                ),
                sales.waiting_for: refused_with(SaleBeingPaid()),
                sales.on_sale: refused_with(NoFuelPrice()),
            },
        ),
        Scenario(
            "fuel sold meanwhile",
            {
                complaints.file: refused_with(AlreadyComplained()),
                complaints.give_back: refused_with(ComplaintOver()),
                complaints.call_it_right: refused_with(ComplaintOver()),
                sale_payment.pay_in_cash: refused_with(SaleOver()),
                sales.refuse: refused_with(SaleOver()),
                FUEL_SALE.pay: refused_with(SaleOver()),
            },
        ),
        Scenario(
            "points used meanwhile",
            {
                sale_payment.pay_in_cash: refused_with(TooFewPoints()),
                FUEL_SALE.pay: refused_with(TooFewPoints()),
            },
        ),
        Scenario(
            "too little for fuel",
            {FUEL_SALE.pay: refused_with(InsufficientFunds(available_minor=0, currency=CURRENCY))},
        ),
    ),
    values=MappingProxyType(
        {
            "volume": "1234.56 l",
            "product": "Kerosene",
            "points": 12_345,
            "got": "1234.56 l",
            "hours": 48,
        }
    ),
    goals=MappingProxyType({"sell_fuel": Goal(messages=7, segments=7)}),
)
