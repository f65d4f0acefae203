"""The company's own margins: what it adds for itself and for its dealers, and how it rounds."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final, Self

from core.db.database import Tx
from core.fuel.errors import NoFuelPrice

_HALF: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Tariff:
    """Margins by product, in whole units of the currency a litre or kilogram. `by_station` holds,
    by a station's number and product, where a dealer has another margin than the others. A price
    at the pump is rounded once, half up, to a step of `round_to_minor`."""

    marketers_margin: Mapping[str, Decimal]
    dealers_margin: Mapping[str, Decimal]
    by_station: Mapping[int, Mapping[str, Decimal]]
    round_to_minor: int

    def dealers(self, station_number: int, product: str) -> Decimal | None:
        """The margin of a station's dealer; None where the table has none for the product."""
        own = self.by_station.get(station_number, {})
        return own.get(product, self.dealers_margin.get(product))

    def at_the_pump(self, company_price: Decimal, margin: Decimal, minor_digits: int) -> int:
        """The price at the pump in minor units: what the company asks, and the dealer's margin."""
        steps = (company_price + margin).scaleb(minor_digits) / self.round_to_minor
        return int((steps + _HALF).to_integral_value(ROUND_FLOOR)) * self.round_to_minor

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "marketers_margin": _texts(self.marketers_margin),
            "dealers_margin": _texts(self.dealers_margin),
            "by_station": {str(key): _texts(value) for key, value in self.by_station.items()},
            "round_to_minor": self.round_to_minor,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        stations = data["by_station"].items()
        return cls(
            marketers_margin=_numbers(data["marketers_margin"]),
            dealers_margin=_numbers(data["dealers_margin"]),
            by_station={int(number): _numbers(margins) for number, margins in stations},
            round_to_minor=data["round_to_minor"],
        )


def _texts(margins: Mapping[str, Decimal]) -> dict[str, str]:
    return {product: f"{margin:f}" for product, margin in margins.items()}


def _numbers(margins: Mapping[str, str]) -> dict[str, Decimal]:
    return {product: Decimal(margin) for product, margin in margins.items()}


def in_force(tx: Tx, at: datetime) -> tuple[uuid.UUID, Tariff]:
    """The newest table that holds at a time, with its id. Raises NoFuelPrice."""
    row = tx.one(
        "SELECT id, terms FROM fuel_tariff WHERE tenant_id = current_tenant()"
        " AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1",
        (at,),
    )
    if row is None:
        raise NoFuelPrice
    return row[0], Tariff.from_data(row[1])
