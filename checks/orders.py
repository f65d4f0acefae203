"""Samples of the orders domain."""

import uuid
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from checks import samples
from checks.samples import AT, CALLER, CURRENCY, ENTRY, ID, MOST_MINOR
from checks.scenario import Samples, Scenario, refused_with
from core.money.errors import InsufficientFunds
from core.orders import orders, placing, shopping
from core.orders.credit import accounts, applying
from core.orders.credit.accounts import Account, Due
from core.orders.credit.applying import Application
from core.orders.credit.errors import (
    AppliedBefore,
    CreditOverdue,
    CreditTooSmall,
    NoCredit,
    NoCreditHere,
    TooSoonToApply,
)
from core.orders.credit.repaying import REPAY_CREDIT, Repaid
from core.orders.credit.scorecard import Reason
from core.orders.errors import (
    MoreThanOwed,
    NothingToRepeat,
    NotSoldLike,
    NotWholeUnits,
    OrderGone,
    OutOfStock,
    TooLateToCancel,
    TooManyFound,
    TooManyUnits,
)
from core.orders.orders import Order, OrderLine
from core.orders.paying import PAY_ORDER, Paid
from core.orders.quotes import Quote
from core.orders.shopping import LINES_MAXIMUM, LISTED_MAXIMUM, UNITS_MAXIMUM, Item, Sold, Standing
from core.pricing.basket import Priced, PricedLine, Step
from core.pricing.rules import Stage
from values.ids import reference_of
from values.money import Money

PRODUCTS = [
    Sold(
        "PRODUCT00001",  # one code, so that few baskets can come of them
        {"en": "Washing powder, lemon 1 kg", "fr": "Lessive au citron 1 kg"},
        {"en": "carton of 12", "fr": "carton de 12", "rw": "ikarito ya 12", "sw": "katoni ya 12"},
    )
    for _ in range(LISTED_MAXIMUM)
]
BASKET = tuple(Item(f"PRODUCT{n:05}", UNITS_MAXIMUM) for n in range(LINES_MAXIMUM))
RULES = ("wholesalers_of_the_coast", "more_oil", "christmas_promotion")


def _priced(discount_minor: int) -> Priced:
    steps = tuple(
        Step(rule, Stage.PROMOTION, MOST_MINOR, MOST_MINOR - discount_minor) for rule in RULES
    )
    line = PricedLine("OIL1", 1, MOST_MINOR, MOST_MINOR - discount_minor, 0, 0, MOST_MINOR, steps)
    return Priced(
        *(CURRENCY, (line,), MOST_MINOR, MOST_MINOR - discount_minor),
        *(MOST_MINOR // 6, 0, MOST_MINOR, "0" * 64),
    )


def _quote(discount_minor: int = 100_000) -> Any:
    quote = Quote(ID, CALLER.id, _priced(discount_minor), AT + timedelta(days=365), None)
    return lambda *_, **__: quote


ORDER = Order(
    *(ID, CALLER.id, ID, "KGL", "ussd", placing.WALLET, "confirmed", CURRENCY, MOST_MINOR),
    *(None, 0, None, None, None, AT, AT, None),
)
LINES = [OrderLine(n, one.code, UNITS_MAXIMUM, 1, None, None) for n, one in enumerate(PRODUCTS[:9])]


INVOICED = replace(ORDER, payment=placing.CASH, state="invoiced", delivered_minor=MOST_MINOR)
PAID = Paid(
    INVOICED.reference,
    Money(MOST_MINOR, CURRENCY),
    reference_of(ENTRY),
    Money(MOST_MINOR, CURRENCY),
)


CREDIT = Account(CALLER.id, accounts.ACTIVE, MOST_MINOR, 0, CURRENCY, 14, "")
DUES = [Due(uuid.UUID(int=number), AT.date(), MOST_MINOR // 9, 0) for number in range(1, 10)]
REPAID = Repaid(Money(MOST_MINOR, CURRENCY), reference_of(ENTRY), Money(MOST_MINOR, CURRENCY))


def _applied(state: str) -> Application:
    reasons = (Reason("on_time_percent", 0, 0, 50), Reason("refused_percent", 90, 0, 50))
    return Application(ID, CALLER.id, state, 100, MOST_MINOR, CURRENCY, reasons, AT, "")


def _standing(state: str, delivered: int | None = None) -> Any:
    minor = None if delivered is None else MOST_MINOR
    order = replace(ORDER, state=state, delivered_minor=minor)
    lines = [replace(line, delivered=delivered) for line in LINES]
    return lambda *_: Standing(order, lines)


def _states() -> tuple[Scenario, ...]:
    """What the shop reads in each state that an order may be in."""
    return tuple(
        Scenario(f"order {state}", {shopping.standing: _standing(state, delivered)})
        for state, delivered in (
            *(("reserved", None), ("picked", None), ("invoiced", 0), ("settled", UNITS_MAXIMUM)),
            *(("refused", None), ("cancelled", None)),
        )
    )


def _asked_for_credit() -> tuple[Scenario, ...]:
    """What comes of asking for credit."""
    nobody: Any = {accounts.find: lambda _person: None, accounts.usable: lambda _person: None}
    waits: Any = lambda _person: _applied("referred")  # noqa: E731
    refused: Any = lambda _person: _applied("refused")  # noqa: E731
    return (
        Scenario("credit is looked at", nobody | {applying.apply: waits}),
        Scenario("credit is refused", nobody | {applying.apply: refused}),
        Scenario("credit waits", nobody | {applying.latest: waits}),
        Scenario("no credit here", nobody | {accounts.terms: refused_with(NoCreditHere())}),
        Scenario(
            "asked not long ago",
            nobody | {applying.apply: refused_with(TooSoonToApply(date="30/12/2026"))},
        ),
        Scenario("asked before", nobody | {applying.apply: refused_with(AppliedBefore())}),
    )


SAMPLES = Samples(
    values={
        "order": "0W2Z4M6N",
        "days": 14,
        "free": {"$money": [MOST_MINOR, CURRENCY]},
    },
    answers=MappingProxyType(
        {
            shopping.last_basket: lambda _person: BASKET,
            shopping.categories: lambda: ["household_and_cleaning"] * 12,
            shopping.in_category: lambda *_: PRODUCTS,
            shopping.product: lambda _code: PRODUCTS[0],
            shopping.find: lambda *_: PRODUCTS[:9],
            shopping.read_line: lambda _line: (),
            shopping.promise: _quote(),
            shopping.promised: _quote(),
            shopping.buy: lambda *_, **__: ORDER,
            shopping.standing: _standing("confirmed"),
            orders.latest: lambda *_: [
                replace(ORDER, id=uuid.UUID(int=number)) for number in (1, 2, 3)
            ],
            orders.to_pay: lambda _person: [INVOICED] * 9,
            orders.get: lambda _id: INVOICED,
            PAY_ORDER.pay: lambda **_: PAID,
            orders.owed: lambda _person: MOST_MINOR,
            placing.cancel_by_shop: samples.nothing,
            accounts.find: lambda _person: CREDIT,
            accounts.usable: lambda _person: CREDIT,
            accounts.dues: lambda _person: DUES,
            accounts.terms: samples.nothing,
            applying.latest: lambda _person: None,
            applying.apply: lambda _person: _applied("approved"),
            REPAY_CREDIT.pay: lambda **_: REPAID,
        }
    ),
    scenarios=(
        *_states(),
        Scenario("a basket in a line", {shopping.read_line: lambda _line: BASKET}),
        Scenario(
            "one product",
            {
                shopping.find: lambda *_: PRODUCTS[:1],
                shopping.promise: _quote(0),
                shopping.promised: _quote(0),
            },
        ),
        Scenario(
            "no orders",
            {
                orders.latest: lambda *_: [],
                shopping.last_basket: refused_with(NothingToRepeat()),
                shopping.categories: lambda: [],
            },
        ),
        Scenario(
            "not sold",
            {shopping.find: refused_with(NotSoldLike(product="PRODUKT00001", near="PRODUCT00001"))},
        ),
        Scenario("too many", {shopping.find: refused_with(TooManyFound())}),
        Scenario("half", {shopping.read_line: refused_with(NotWholeUnits(product="PRODUCT00001"))}),
        Scenario(
            "very many",
            {shopping.read_line: refused_with(TooManyUnits(product="PRODUCT00001", most=10_000))},
        ),
        Scenario(
            "sold out", {shopping.buy: refused_with(OutOfStock(product="PRODUCT00001", left=9_999))}
        ),
        Scenario(
            "too little for goods",
            {
                shopping.buy: refused_with(
                    InsufficientFunds(available_minor=MOST_MINOR, currency=CURRENCY)
                )
            },
        ),
        Scenario("nothing to pay", {orders.to_pay: lambda _person: []}),
        Scenario("paid before", {PAY_ORDER.pay: lambda **_: replace(PAID, owed=None)}),
        Scenario("somebody paid it", {PAY_ORDER.pay: refused_with(OrderGone())}),
        Scenario(
            "more than is to pay",
            {PAY_ORDER.pay: refused_with(MoreThanOwed(owed_minor=MOST_MINOR, currency=CURRENCY))},
        ),
        Scenario(
            "too little for an invoice",
            {
                PAY_ORDER.pay: refused_with(
                    InsufficientFunds(available_minor=MOST_MINOR, currency=CURRENCY)
                )
            },
        ),
        Scenario(
            "no credit yet",
            {accounts.find: lambda _person: None, accounts.usable: lambda _person: None},
        ),
        *_asked_for_credit(),
        Scenario("nothing owed", {accounts.dues: lambda _person: []}),
        Scenario(
            "credit is stopped",
            {accounts.find: lambda _person: replace(CREDIT, state=accounts.BLOCKED)},
        ),
        *(
            Scenario(f"on credit: {refused.code}", {shopping.buy: refused_with(refused)})
            for refused in (
                NoCredit(),
                CreditOverdue(overdue_minor=MOST_MINOR, currency=CURRENCY),
                CreditTooSmall(free_minor=MOST_MINOR, currency=CURRENCY),
            )
        ),
        Scenario("paid back before", {REPAY_CREDIT.pay: lambda **_: replace(REPAID, owed=None)}),
        Scenario(
            "too little to pay back",
            {
                REPAY_CREDIT.pay: refused_with(
                    InsufficientFunds(available_minor=MOST_MINOR, currency=CURRENCY)
                )
            },
        ),
        Scenario(
            "more than is owed",
            {
                REPAY_CREDIT.pay: refused_with(
                    MoreThanOwed(owed_minor=MOST_MINOR, currency=CURRENCY)
                )
            },
        ),
        Scenario("too late", {placing.cancel_by_shop: refused_with(TooLateToCancel())}),
    ),
)
