"""rates.yaml: which pairs a tenant polls, from which sources, how often; and its margins."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, wrong
from core.manifest.section import Reading, Section
from core.manifest.values import Moment, Text, matching, one_of, whole
from core.rates.margins import FROM_AMOUNT_MAXIMUM, PERCENT_MAXIMUM, read_number
from core.rates.quotes import Pair

EVERY_MINUTES: Final = (1, 1_440)
PAIRS_MAXIMUM: Final = 200
# A phone chooses each by a key of a menu.
CURRENCIES_MAXIMUM: Final = 90

CurrencyCode = Annotated[Text, matching("[A-Z]{3}", "a currency code such as NGN")]
ProviderName = Annotated[Text, one_of(lambda reading: reading.rules.providers)]


def _each_once(value: list[str]) -> list[str]:
    if len(set(value)) != len(value):
        raise wrong("one stands here twice")
    return value


def _number(maximum: int) -> BeforeValidator:
    def check(value: Any) -> Decimal:
        number = read_number(value, maximum) if isinstance(value, str) else None
        if number is None:
            raise wrong(f"a number from 0 to {maximum} with at most 8 decimals is needed here")
        return number

    return BeforeValidator(check)


class MarginEntry(Entry):
    """What is taken off a pair's rate, in percent, from a day and an amount on."""

    source: CurrencyCode
    destination: CurrencyCode
    percent: Annotated[Decimal, _number(PERCENT_MAXIMUM)]
    valid_from: Moment
    from_amount: Annotated[Decimal, _number(FROM_AMOUNT_MAXIMUM)] = Decimal(0)

    @property
    def row(self) -> tuple[str, str, date, Decimal, Decimal]:
        return (
            *(self.source, self.destination, self.valid_from.date()),
            *(self.from_amount, self.percent),
        )


class RatesEntry(Entry):
    """The whole file. Each source currency is polled against each destination."""

    sources: Annotated[list[CurrencyCode], AfterValidator(_each_once)] = Field(default_factory=list)
    destinations: Annotated[list[CurrencyCode], AfterValidator(_each_once)] = Field(
        default_factory=list
    )
    providers: Annotated[list[ProviderName], AfterValidator(_each_once)] = Field(
        default_factory=list
    )
    compared_with: ProviderName | None = None
    every_minutes: Annotated[int, whole(*EVERY_MINUTES)] = 10
    margins: list[MarginEntry] = Field(default_factory=list)

    @property
    def pairs(self) -> list[Pair]:
        return [
            Pair(source, destination)
            for source in self.sources
            for destination in self.destinations
            if source != destination
        ]


def _adapter(_reading: Reading) -> TypeAdapter[RatesEntry]:
    return TypeAdapter(RatesEntry)


def _check(reading: Reading) -> None:
    said = reading.of(RATES)
    assert said is not None
    if not said.sources and not said.destinations:
        return
    if len(said.pairs) > PAIRS_MAXIMUM:
        said.place("destinations").fault(f"at most {PAIRS_MAXIMUM} pairs")
    for name, codes in (("sources", said.sources), ("destinations", said.destinations)):
        if len(codes) > CURRENCIES_MAXIMUM:
            said.place(name).fault(f"at most {CURRENCIES_MAXIMUM} currencies")
    if not said.providers:
        said.place("providers").fault("at least one source of rates is needed here")
    polled = set(said.pairs)
    rows = [margin.row[:4] for margin in said.margins]
    for number, margin in enumerate(said.margins):
        if Pair(margin.source, margin.destination) not in polled:
            margin.place().fault("this pair is not polled")
        if rows.index(margin.row[:4]) != number:
            margin.place().fault("this margin stands here twice")


def _changes(site: Site) -> Iterator[Change]:
    said, tx = site.manifest.of(RATES), site.tx
    known = {
        Pair(source, destination): listed
        for source, destination, listed in tx.all(
            "SELECT source, destination, listed FROM rate_pair WHERE tenant_id = current_tenant()"
        )
    }
    if not said.pairs and not known:
        return
    wanted = (list(said.providers), said.compared_with, said.every_minutes * 60)
    found = tx.one(
        "SELECT providers, compared_with, interval_s FROM rate_plan"
        " WHERE tenant_id = current_tenant()"
    )
    if found != wanted:
        verb = "changed" if found else "added"
        write = partial(_write_plan, wanted)
        yield Change(verb, "rate plans", site.manifest.slug, write, Stage.CONFIGURATION)
    for pair in sorted(set(said.pairs) | set(known)):
        listed = pair in said.pairs
        if known.get(pair) is not listed:
            verb = "added" if listed else "closed"
            write = partial(_write_pair, pair, listed)
            yield Change(verb, "rate pairs", str(pair), write, Stage.CONFIGURATION)
    rows = tx.all(
        "SELECT source, destination, valid_from, from_amount, percent, request_id IS NOT NULL"
        " FROM rate_margin WHERE tenant_id = current_tenant()"
    )
    margins = {tuple(margin) for *margin, is_published in rows if not is_published}
    # What two officers have published stands in the place of the folder's.
    published = {tuple(margin[:4]) for *margin, is_published in rows if is_published}
    told = {margin.row for margin in said.margins if margin.row[:4] not in published}
    if margins != told:
        write = partial(_write_margins, told)
        yield Change("changed", "rate margins", site.manifest.slug, write, Stage.CONFIGURATION)


def _write_plan(wanted: tuple[list[str], str | None, int], tx: Tx) -> None:
    tx.execute(
        "INSERT INTO rate_plan (tenant_id, providers, compared_with, interval_s)"
        " VALUES (current_tenant(), %s, %s, %s) ON CONFLICT (tenant_id) DO UPDATE"
        " SET providers = excluded.providers, compared_with = excluded.compared_with,"
        " interval_s = excluded.interval_s",
        wanted,
    )


def _write_pair(pair: Pair, listed: bool, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO rate_pair (tenant_id, source, destination, listed)"
        " VALUES (current_tenant(), %s, %s, %s) ON CONFLICT (tenant_id, source, destination)"
        " DO UPDATE SET listed = excluded.listed",
        (pair.source, pair.destination, listed),
    )


def _write_margins(told: set[tuple[str, str, date, Decimal, Decimal]], tx: Tx) -> None:
    tx.execute("DELETE FROM rate_margin WHERE tenant_id = current_tenant() AND request_id IS NULL")
    for row in sorted(told):
        tx.execute(
            "INSERT INTO rate_margin (tenant_id, source, destination, valid_from, from_amount,"
            " percent) VALUES (current_tenant(), %s, %s, %s, %s, %s)",
            row,
        )


RATES: Section[RatesEntry] = Section(
    name="rates",
    file="rates.yaml",
    adapter=_adapter,
    empty=RatesEntry,
    check=_check,
    changes=_changes,
)
