"""A price build-up that a company publishes: the regulator's lines and the company's own figures,
as its request keeps them. Pure: nothing is read on the way.

Amounts are in whole units of a currency a litre or kilogram, to six places. The two margins of a
sheet are left out: the company's own come from its table of margins.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from core.fuel.errors import BadPrices
from core.fuel.price_lines import Part
from core.fuel.price_sheet import JUMP, PriceSheet
from core.fuel.price_window import Window
from core.fuel.tariffs import Tariff

MARKETERS_MARGIN: Final = "marketers_margin"
_NOON: Final = time(12)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What one tax, levy or margin adds; `part` is "line", or "margin" for the company's own."""

    code: str
    name: str
    part: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BuildUp:
    """One product. `ex_refinery_floor` is the regulator's, of which its floor at the pump comes."""

    product: str
    unit: str
    ex_refinery: Decimal
    ex_refinery_floor: Decimal
    lines: tuple[PriceLine, ...]

    @property
    def company_price(self) -> Decimal:
        """What a dealer pays."""
        return self.ex_refinery + sum((line.amount for line in self.lines), Decimal())

    def floor(self, minor_digits: int) -> Decimal:
        """The least that the pump may show: the regulator's floor and all lines but margins, half
        up to a minor unit."""
        added = sum((one.amount for one in self.lines if one.part == Part.LINE.value), Decimal())
        places = Decimal(1).scaleb(-minor_digits)
        return (self.ex_refinery_floor + added).quantize(places, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is asked for: the prices of a window. `submission` is how the regulator was told."""

    window: Window
    source_sha256: str
    submission: str
    products: tuple[BuildUp, ...]

    def to_params(self) -> dict[str, Any]:
        """As its request keeps it."""
        return {
            "window": self.window.first.isoformat(),
            "source_sha256": self.source_sha256,
            "submission": self.submission,
            "products": [
                {
                    "product": one.product,
                    "unit": one.unit,
                    "ex_refinery": f"{one.ex_refinery:f}",
                    "ex_refinery_floor": f"{one.ex_refinery_floor:f}",
                    "lines": [
                        [line.code, line.name, line.part, f"{line.amount:f}"] for line in one.lines
                    ],
                }
                for one in self.products
            ],
        }

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        return cls(
            Window.of(date.fromisoformat(params["window"])),
            params["source_sha256"],
            params["submission"],
            tuple(
                BuildUp(
                    *(one["product"], one["unit"]),
                    *(Decimal(one["ex_refinery"]), Decimal(one["ex_refinery_floor"])),
                    tuple(
                        PriceLine(code, name, part, Decimal(amount))
                        for code, name, part, amount in one["lines"]
                    ),
                )
                for one in params["products"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Company:
    """What a company adds to a sheet: its ex-refinery prices and the regulator's floors of them, by
    product, and its margins. `sold` are the products of its tanks, with the unit of each."""

    currency: str
    sold: Mapping[str, str]
    ex_refinery: Mapping[str, Decimal]
    ex_refinery_floors: Mapping[str, Decimal]
    tariff: Tariff


def proposed(sheet: PriceSheet, company: Company, source_sha256: str, submission: str) -> Proposed:
    """The build-ups of what the company sells. Raises BadPrices with all that is wrong."""
    wrong = [f"{one.place or 'file'}: {one.text}" for one in sheet.problems]
    if not submission.strip():
        wrong.append("how the regulator was told of these prices is missing")
    products = list(_build_ups(sheet, company, wrong))
    if wrong or sheet.window is None:
        raise BadPrices("; ".join(wrong))
    return Proposed(sheet.window, source_sha256, " ".join(submission.split()), tuple(products))


def _build_ups(sheet: PriceSheet, company: Company, wrong: list[str]) -> Iterator[BuildUp]:
    found = {one.product: one for one in sheet.products if one.currency == company.currency}
    for product, unit in company.sold.items():
        there = found.get(product)
        if there is None:
            wrong.append(f"{product} is sold, and is not in the file in {company.currency}")
            continue
        if there.per != unit:
            wrong.append(f"{product} is sold by the {unit}, and the file has it by the {there.per}")
        ex_refinery = company.ex_refinery.get(product, there.ex_refinery)
        floor = company.ex_refinery_floors.get(product)
        margin = company.tariff.marketers_margin.get(product)
        if ex_refinery is None:
            wrong.append(f"{product} has no ex-refinery price")
        if floor is None:
            wrong.append(f"{product} has no ex-refinery floor of the regulator")
        if margin is None:
            wrong.append(f"the table of margins has none of the company for {product}")
        if ex_refinery is None or floor is None or margin is None:
            continue
        lines = [
            PriceLine(line.code, line.name, Part.LINE.value, line.amount)
            for line in there.lines
            if line.part is not Part.MARGIN
        ]
        lines.append(marketers_line(margin))
        yield BuildUp(product, unit, ex_refinery, floor, tuple(lines))


def marketers_line(margin: Decimal) -> PriceLine:
    """The company's own margin, as a line."""
    return PriceLine(MARKETERS_MARGIN, "Marketer's margin", Part.MARGIN.value, margin)


def below_floor(
    products: Sequence[BuildUp], numbers: Mapping[int, Sequence[str]], tariff: Tariff, digits: int
) -> Iterator[str]:
    """The pumps that would show less than the floor, and products without a dealer's margin.
    `numbers` are the stations with the products that each sells."""
    by_product = {one.product: one for one in products}
    for number, sold in numbers.items():
        for product in sold:
            one = by_product.get(product)
            margin = tariff.dealers(number, product)
            if one is None:
                yield f"station {number} sells {product}, which has no price"
            elif margin is None:
                yield f"the table of margins has none of the dealers for {product}"
            else:
                price = Decimal(tariff.at_the_pump(one.company_price, margin, digits))
                price, floor = price.scaleb(-digits), one.floor(digits)
                if price < floor:
                    yield f"{product} at station {number} is {price}, below the floor of {floor}"


def deadline(window: Window, zone: ZoneInfo) -> datetime:
    """By when the regulator is told: noon of the working day (Monday to Friday) before."""
    day = window.first - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return datetime.combine(day, _NOON, zone)


def jumps(now: Sequence[PriceLine], before: Mapping[str, Decimal]) -> Iterator[str]:
    """Lines that are new, are gone, or changed by more than a quarter since the last prices."""
    amounts = {line.code: line.amount for line in now}
    for code in sorted(amounts.keys() | before.keys()):
        new, old = amounts.get(code), before.get(code)
        if old is None:
            yield f"{code} {new} is new"
        elif new is None:
            yield f"{code} was {old}, and is no more"
        elif abs(new - old) > JUMP * abs(old):
            yield f"{code} was {old}, and is {new}"
