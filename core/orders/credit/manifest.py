"""credit.yaml: to whom goods are sold on credit, by a scorecard, and how it is paid back.

    approved_by: The board, 20 November 2026
    scorecard:
      - {measure: orders_paid, bands: [{at_least: 0, points: 0}, {at_least: 5, points: 25}]}
      - {measure: on_time_percent, bands: [{at_least: 0, points: 0}, {at_least: 90, points: 35}]}
    approve_at: 70            # of 100
    refer_at: 45              # staff decide
    limit: {percent: 50, minimum: 2000.00, maximum: 100000.00, coin: 500.00}
    days: 14
    grace_days: 3
    late_fee_percent: 2
    reminders: [-2, 0, 3, 7]  # days after the invoice's day
    repaid: [late_fee, invoice]

A tenant without the file gives no credit. An account keeps the days that were agreed to.
"""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Final

import msgspec
from pydantic import BeforeValidator, Field, TypeAdapter

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry
from core.manifest.section import Reading, Section
from core.manifest.values import Amount, Text, decimal, one_of, whole
from core.orders.credit.terms import MEASURES, PARTS, Band, CreditTerms, Measure
from values.ids import uuid7

POINTS_MAXIMUM: Final = 1_000
VALUE_MAXIMUM: Final = 100_000
DAYS_MAXIMUM: Final = 365


def _basis_points(value: Any) -> int:
    return decimal(value, 2, 10_000)


BasisPoints = Annotated[int, BeforeValidator(_basis_points)]
Days = Annotated[int, whole(0, DAYS_MAXIMUM)]
Percent = Annotated[int, whole(0, 100)]


class BandEntry(Entry):
    at_least: Annotated[int, whole(0, VALUE_MAXIMUM)]
    points: Annotated[int, whole(-POINTS_MAXIMUM, POINTS_MAXIMUM)]


class MeasureEntry(Entry):
    measure: Annotated[Text, one_of(MEASURES)]
    bands: list[BandEntry] = Field(min_length=1, max_length=20)


class LimitEntry(Entry):
    """`percent` is of what the shop pays in 30 days."""

    percent: Annotated[int, whole(1, 1_000)]
    minimum: Amount
    maximum: Amount
    coin: Amount


class CreditEntry(Entry):
    """The whole file; without a scorecard there is no credit."""

    approved_by: Text | None = None
    scorecard: list[MeasureEntry] = Field(default_factory=list)
    approve_at: Percent = 100
    refer_at: Percent = 100
    limit: LimitEntry | None = None
    days: Annotated[int, whole(1, DAYS_MAXIMUM)] = 14
    grace_days: Days = 0
    late_fee_percent: BasisPoints = 0
    window_days: Annotated[int, whole(30, DAYS_MAXIMUM)] = 180
    again_days: Days = 30
    reminders: list[Annotated[int, whole(-30, 90)]] = Field(default_factory=lambda: [-2, 0, 3])
    repaid: list[Annotated[Text, one_of(PARTS)]] = Field(default_factory=lambda: list(PARTS))

    def terms(self) -> CreditTerms:
        assert self.limit is not None, "it was checked"
        return CreditTerms(
            measures=tuple(
                Measure(one.measure, tuple(Band(b.at_least, b.points) for b in one.bands))
                for one in self.scorecard
            ),
            approve_at=self.approve_at,
            refer_at=self.refer_at,
            limit_percent=self.limit.percent,
            limit_minimum_minor=self.limit.minimum,
            limit_maximum_minor=self.limit.maximum,
            coin_minor=self.limit.coin,
            days=self.days,
            grace_days=self.grace_days,
            late_fee_basis_points=self.late_fee_percent,
            window_days=self.window_days,
            again_days=self.again_days,
            reminders=tuple(sorted(self.reminders)),
            repaid=tuple(self.repaid),
        )


def _credit(_reading: Reading) -> TypeAdapter[CreditEntry]:
    return TypeAdapter(CreditEntry)


def _check(reading: Reading) -> None:
    said = reading.of(CREDIT)
    assert said is not None
    if not said.scorecard:
        return
    if not said.approved_by:
        said.place("approved_by").fault("who approved these terms?")
    if said.refer_at > said.approve_at:
        said.place("refer_at").fault("it is above approve_at: nobody would be referred")
    if sorted(said.repaid) != sorted(PARTS):
        said.place("repaid").fault(f"each of these once: {', '.join(PARTS)}")
    if len({one.measure for one in said.scorecard}) < len(said.scorecard):
        said.place("scorecard").fault("a measure stands here twice")
    if said.limit is None:
        said.place("limit").fault("say the limit")
    elif not 0 < said.limit.coin <= said.limit.minimum <= said.limit.maximum:
        said.limit.place("minimum").fault("needed is: 0 < coin <= minimum <= maximum")
    for number, measure in enumerate(said.scorecard):
        bands = measure.bands
        if bands[0].at_least or any(b.at_least <= a.at_least for a, b in pairwise(bands)):
            measure.place("bands").fault("bands begin at 0 and rise")
        if max(band.points for band in bands) <= 0:
            said.place("scorecard", number).fault("a measure can give points")


def _changes(site: Site) -> Iterator[Change]:
    said = site.manifest.of(CREDIT)
    known = site.tx.one(
        "SELECT terms::text FROM credit_policy WHERE tenant_id = current_tenant()"
        " ORDER BY created_at DESC, id DESC LIMIT 1"
    )
    if not said.scorecard:
        return
    terms = said.terms()
    if known is None or msgspec.json.decode(known[0], type=CreditTerms) != terms:
        write = partial(_write, terms, said.approved_by or "")
        yield Change("added", "credit terms", site.manifest.slug, write, Stage.CONFIGURATION)


def _write(terms: CreditTerms, approved_by: str, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO credit_policy (tenant_id, id, terms, approved_by, created_at)"
        " VALUES (current_tenant(), %s, %s, %s, clock_timestamp())",
        (uuid7(), msgspec.json.encode(terms).decode(), approved_by),
    )


CREDIT: Section[CreditEntry] = Section(
    name="credit",
    file="credit.yaml",
    adapter=_credit,
    empty=CreditEntry,
    check=_check,
    changes=_changes,
)
