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


MESSAGES: Final[tuple[type[Message], ...]] = (FuelPricesPublished, ShiftClosed)
