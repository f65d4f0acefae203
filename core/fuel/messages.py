"""What stations are texted."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from values.messages import Message, Priority
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class FuelPricesPublished(Message):
    """To a station's dealer: what it sells at from a time on."""

    name = "fuel_prices_published"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_(
        "{station}: new prices from {valid_from}: {prices} {currency}. Dial to acknowledge them."
    )

    station: str
    valid_from: datetime
    prices: str
    currency: str


@dataclass(frozen=True, slots=True)
class ShiftClosed(Message):
    """To the attendant and the station's dealer."""

    name = "shift_closed"
    sentence = N_(
        "{station} pump {pump}, {attendant}: {litres} l sold, {expected} expected, {counted}"
        " counted. Ref {reference}."
    )

    station: str
    pump: int
    attendant: str
    litres: str
    expected: Money
    counted: Money
    reference: str


@dataclass(frozen=True, slots=True)
class FuelOffered(Message):
    """To a customer: what an attendant says they got."""

    name = "fuel_offered"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{station}: {volume} {product}, {amount}. Dial now to agree and pay.")

    station: str
    volume: str
    product: str
    amount: Money


@dataclass(frozen=True, slots=True)
class FuelPaid(Message):
    """To the customer: the receipt."""

    name = "fuel_paid"
    sentence = N_(
        "{station}: {volume} {product}, {amount} paid. Points: +{points}. Ref {reference}."
    )

    station: str
    volume: str
    product: str
    amount: Money
    points: int
    reference: str


@dataclass(frozen=True, slots=True)
class FuelSold(Message):
    """To the attendant: it is paid, and no cash is owed."""

    name = "fuel_sold"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{customer} paid {amount} by phone for {volume} {product}. Ref {reference}.")

    customer: str
    amount: Money
    volume: str
    product: str
    reference: str


@dataclass(frozen=True, slots=True)
class TakeFuelCash(Message):
    """To the attendant: the customer agreed, and pays in cash."""

    name = "take_fuel_cash"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("Take {amount} in cash from {customer} for {volume} {product}. Ref {reference}.")

    amount: Money
    customer: str
    volume: str
    product: str
    reference: str


@dataclass(frozen=True, slots=True)
class FuelRefused(Message):
    """To the attendant: the customer did not agree."""

    name = "fuel_refused"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{customer} does not agree to {volume} {product}, {amount}. Look together.")

    customer: str
    volume: str
    product: str
    amount: Money


@dataclass(frozen=True, slots=True)
class FuelComplained(Message):
    """To the dealer: a customer got less than they paid for."""

    name = "fuel_complained"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_(
        "{station}: {customer} paid {volume} {product} and says they got {got}. Dial to answer"
        " within {hours} hours. Ref {reference}."
    )

    station: str
    customer: str
    volume: str
    product: str
    got: str
    hours: int
    reference: str


@dataclass(frozen=True, slots=True)
class FuelGivenBack(Message):
    """To the customer: what was short is in the wallet."""

    name = "fuel_given_back"
    sentence = N_("{station} gives you back {amount} for what was short. Ref {reference}.")

    station: str
    amount: Money
    reference: str


@dataclass(frozen=True, slots=True)
class FuelMeasureRight(Message):
    """To the customer: the dealer does not agree."""

    name = "fuel_measure_right"
    sentence = N_(
        "{station} says that the {volume} were right. If you do not agree, call us."
        " Ref {reference}."
    )

    station: str
    volume: str
    reference: str


@dataclass(frozen=True, slots=True)
class FuelDipEntered(Message):
    """To who else is at the station: a dip counts once two have seen it."""

    name = "fuel_dip_entered"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{station} tank {tank}, {product}: dip {mm} mm. Look, and dial to confirm it.")

    station: str
    tank: int
    product: str
    mm: str


@dataclass(frozen=True, slots=True)
class FuelDipRefused(Message):
    """To who entered it: another reads another dip."""

    name = "fuel_dip_refused"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{station} tank {tank}: your dip of {mm} mm was not confirmed. Read it together.")

    station: str
    tank: int
    mm: str


@dataclass(frozen=True, slots=True)
class FuelDelivered(Message):
    """To the station's dealer: what a lorry brought."""

    name = "fuel_delivered"
    sentence = N_(
        "{station} tank {tank}, waybill {waybill}: {ticket} l on the ticket, {received} l by the"
        " dips. Ref {reference}."
    )

    station: str
    tank: int
    waybill: str
    ticket: str
    received: str
    reference: str


MESSAGES: Final[tuple[type[Message], ...]] = (
    *(FuelPricesPublished, ShiftClosed),
    *(FuelOffered, FuelPaid, FuelSold, TakeFuelCash, FuelRefused),
    *(FuelComplained, FuelGivenBack, FuelMeasureRight),
    *(FuelDipEntered, FuelDipRefused, FuelDelivered),
)
