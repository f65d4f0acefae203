"""What stations are texted."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from values.messages import Message, Priority
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


MESSAGES: Final[tuple[type[Message], ...]] = (FuelPricesPublished,)
