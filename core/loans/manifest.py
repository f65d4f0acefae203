"""loans.yaml: loan products, and which share of late loans is set aside; all of them dated.

    products:
      - key: season
        name: Season loan
        valid_from: 2026-01-01
        approved_by: General assembly, 13 December 2025
        method: declining-equal
        rate_percent: 2
        every: month
        periods: {minimum: 1, maximum: 12}
        amount: {minimum: 5000, maximum: 300000}
        guarantors: {number: 2, percent: 50}
    provisioning:
      - valid_from: 2026-01-01
        approved_by: Board, 5 January 2026
        bands:
          - {name: current, from_days: 0, percent: 1}

Who decides on them are the officers of the group's committee (`offices:` in people.yaml).
"""

import uuid
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, model_validator

from core.db.database import Tx
from core.loans.terms import (
    USUAL_ALLOCATION,
    Early,
    FeeDue,
    Interest,
    Part,
    PenaltyPer,
    Repaid,
    Terms,
)
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, wrong
from core.manifest.ids import id_of
from core.manifest.section import PricedOperation, Reading, Section
from core.manifest.tenant import to_json
from core.manifest.values import Amount, Key, Moment, Name, Text, one_of, whole
from core.savings.loan_schedule import DAY_COUNT, PERIODS_MAXIMUM, Every, Method

GUARANTORS_MAXIMUM: Final = 3  # so that a confirmation names them all
PRODUCTS_MAXIMUM: Final = 90  # a phone chooses each by a key of a menu


def _percent(maximum: int) -> BeforeValidator:
    """A percentage with at most four decimals."""

    def check(value: Any) -> Decimal:
        try:
            number = Decimal(value) if isinstance(value, str) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= maximum:
            raise wrong(f"a number from 0 to {maximum} is needed here")
        if number != number.quantize(Decimal("0.0001")):
            raise wrong("at most four decimals")
        return number

    return BeforeValidator(check)


Percent = Annotated[Decimal, _percent(100)]


class PeriodsEntry(Entry):
    minimum: Annotated[int, whole(1, PERIODS_MAXIMUM)] = 1
    maximum: Annotated[int, whole(1, PERIODS_MAXIMUM)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum < self.minimum:
            raise wrong("maximum is less than minimum")
        return self


class AmountEntry(Entry):
    minimum: Amount
    maximum: Amount

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 1 <= self.minimum <= self.maximum:
            raise wrong("minimum is at least one unit, and maximum not less than it")
        return self


class FeeEntry(Entry):
    amount: Amount = 0
    percent: Percent = Decimal(0)
    due: Annotated[str, one_of([one.value for one in FeeDue])] = FeeDue.AT_PAYOUT.value


class PenaltyEntry(Entry):
    percent: Percent
    per: Annotated[str, one_of([one.value for one in PenaltyPer])]
    after_days: Annotated[int, whole(0, 365)] = 0
    cap_percent: Percent


class GuarantorsEntry(Entry):
    number: Annotated[int, whole(1, GUARANTORS_MAXIMUM)]
    percent: Percent

    @model_validator(mode="after")
    def _pledge_something(self) -> Self:
        if not self.percent:
            raise wrong("percent is above 0: guarantors pledge something")
        return self


def _parts(value: list[str]) -> list[str]:
    if sorted(value) != sorted(part.value for part in Part):
        raise wrong("penalty, fee, interest and principal, each once, are needed here")
    return value


class ProductEntry(Entry):
    """A kind of loan. The rate is per period; no days are counted (`day_count: periodic`)."""

    key: Key
    name: Name
    valid_from: Moment
    valid_to: Moment | None = None
    approved_by: Text
    method: Annotated[str, one_of([one.value for one in Method])]
    rate_percent: Percent
    every: Annotated[str, one_of([one.value for one in Every])]
    periods: PeriodsEntry
    amount: AmountEntry
    day_count: Annotated[str, one_of([DAY_COUNT])] = DAY_COUNT
    interest: Annotated[str, one_of([one.value for one in Interest])] = "with-instalments"
    repaid: Annotated[str, one_of([one.value for one in Repaid])] = "instalments"
    grace_periods: Annotated[int, whole(0, 60)] = 0
    fee: FeeEntry = Field(default_factory=FeeEntry)
    penalty: PenaltyEntry | None = None
    savings_multiple: Annotated[Decimal, _percent(100)] = Decimal(3)
    guarantors: GuarantorsEntry | None = None
    approvals: Annotated[int, whole(1, 5)] = 3
    allocation: Annotated[list[str], AfterValidator(_parts)] = Field(
        default_factory=lambda: [part.value for part in USUAL_ALLOCATION]
    )
    early: Annotated[str, one_of([one.value for one in Early])] = "to-date"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise wrong("valid_to is not after valid_from")
        if self.method != Method.FLAT.value:
            if self.interest == Interest.IN_ADVANCE.value:
                raise wrong("interest in advance is counted on what was lent: method flat")
            if self.repaid == Repaid.AT_END.value:
                raise wrong("a loan repaid at the end owes all of it until then: method flat")
        if self.grace_periods >= self.periods.minimum:
            raise wrong("grace_periods is less than the fewest periods")
        in_advance = self.rate_percent * self.periods.maximum
        if self.interest == Interest.WITH_INSTALMENTS.value:
            in_advance = Decimal(0)
        if in_advance + self.fee.percent >= 100 or self.fee.amount >= self.amount.minimum:
            raise wrong("interest in advance and the fee would leave nothing to pay out")
        if self.savings_multiple <= 0:
            raise wrong("savings_multiple is above 0")
        return self

    @property
    def id(self) -> uuid.UUID:
        names = (self.key, self.valid_from.isoformat())
        return id_of(self.reading.tenant_id, "loan_product", *names)

    @property
    def terms(self) -> Terms:
        penalty, guarantors = self.penalty, self.guarantors
        return Terms(
            method=Method(self.method),
            rate_percent=self.rate_percent,
            every=Every(self.every),
            minimum_periods=self.periods.minimum,
            maximum_periods=self.periods.maximum,
            minimum_minor=self.amount.minimum,
            maximum_minor=self.amount.maximum,
            interest=Interest(self.interest),
            repaid=Repaid(self.repaid),
            grace_periods=self.grace_periods,
            fee_minor=self.fee.amount,
            fee_percent=self.fee.percent,
            fee_due=FeeDue(self.fee.due),
            penalty_percent=penalty.percent if penalty else Decimal(0),
            penalty_per=PenaltyPer(penalty.per) if penalty else PenaltyPer.DAY,
            penalty_after_days=penalty.after_days if penalty else 0,
            penalty_cap_percent=penalty.cap_percent if penalty else Decimal(0),
            savings_multiple=self.savings_multiple,
            guarantors=guarantors.number if guarantors else 0,
            guaranteed_percent=guarantors.percent if guarantors else Decimal(0),
            approvals=self.approvals,
            allocation=tuple(Part(name) for name in self.allocation),
            early=Early(self.early),
            day_count=self.day_count,
        )

    @property
    def row(self) -> tuple[Any, ...]:
        return (
            *(self.key, self.name, self.terms.to_data()),
            *(self.valid_from, self.valid_to, self.approved_by),
        )


class BandEntry(Entry):
    name: Key
    from_days: Annotated[int, whole(0, 3650)]
    percent: Percent


def _bands(bands: list[BandEntry]) -> list[BandEntry]:
    days = [band.from_days for band in bands]
    if not days or days[0] != 0:
        raise wrong("the first band is from_days: 0")
    if any(after <= before for before, after in pairwise(days)):
        raise wrong("each band's from_days is larger than the one before")
    return bands


class ProvisioningEntry(Entry):
    """Which share of what is owed is set aside, by days of arrears."""

    valid_from: Moment
    approved_by: Text
    bands: Annotated[list[BandEntry], AfterValidator(_bands)]

    @property
    def data(self) -> list[dict[str, Any]]:
        return [
            {"name": one.name, "from_days": one.from_days, "percent": f"{one.percent:f}"}
            for one in self.bands
        ]


class LoansEntry(Entry):
    """The whole file."""

    products: list[ProductEntry] = Field(default_factory=list)
    provisioning: list[ProvisioningEntry] = Field(default_factory=list)


def _adapter(_reading: Reading) -> TypeAdapter[LoansEntry]:
    return TypeAdapter(LoansEntry)


def _check(reading: Reading) -> None:
    said = reading.of(LOANS)
    assert said is not None
    seen: set[uuid.UUID] = set()
    for product in said.products:
        if product.id in seen:
            product.place().fault("this product stands here twice from this day")
        seen.add(product.id)
    if len({product.key for product in said.products}) > PRODUCTS_MAXIMUM:
        said.place("products").fault(f"at most {PRODUCTS_MAXIMUM} products")
    froms = [table.valid_from for table in said.provisioning]
    for number, table in enumerate(said.provisioning):
        if froms.index(table.valid_from) != number:
            table.place().fault("a table from this day stands here twice")


def _changes(site: Site) -> Iterator[Change]:
    said = site.manifest.of(LOANS)
    known: dict[uuid.UUID, tuple[Any, ...]] = {
        id: tuple(rest)
        for id, *rest in site.tx.all(
            "SELECT id, key, name, terms, valid_from, valid_to, approved_by FROM loan_product"
            " WHERE tenant_id = current_tenant()"
        )
    }
    told = {product.id for product in said.products}
    for product in said.products:
        if known.get(product.id) != product.row:
            name = f"{product.key} from {product.valid_from:%Y-%m-%d}"
            verb = "changed" if product.id in known else "added"
            write = partial(_write_product, product)
            yield Change(verb, "loan products", name, write, Stage.CONFIGURATION)
    for id, (key, *_, valid_from, valid_to, _by) in known.items():
        if id not in told and valid_to is None:
            name = f"{key} from {valid_from:%Y-%m-%d}"
            yield Change("closed", "loan products", name, partial(_close, id), Stage.CONFIGURATION)
    tables = {
        at: (bands, by)
        for at, bands, by in site.tx.all(
            "SELECT valid_from, bands, approved_by FROM loan_provisioning"
            " WHERE tenant_id = current_tenant()"
        )
    }
    for table in said.provisioning:
        if tables.get(table.valid_from) != (table.data, table.approved_by):
            verb = "changed" if table.valid_from in tables else "added"
            name = f"{table.valid_from:%Y-%m-%d}"
            write = partial(_write_provisioning, table)
            yield Change(verb, "provisioning tables", name, write, Stage.CONFIGURATION)


def _write_product(product: ProductEntry, tx: Tx) -> None:
    key, name, terms, *dated = product.row
    tx.execute(
        "INSERT INTO loan_product (tenant_id, id, key, name, terms, valid_from, valid_to,"
        " approved_by) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, terms = excluded.terms,"
        " valid_to = excluded.valid_to, approved_by = excluded.approved_by",
        (product.id, key, name, to_json(terms), *dated),
    )


def _close(id: uuid.UUID, tx: Tx) -> None:
    tx.execute(
        "UPDATE loan_product SET valid_to = now() WHERE tenant_id = current_tenant() AND id = %s",
        (id,),
    )


def _write_provisioning(table: ProvisioningEntry, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO loan_provisioning (tenant_id, valid_from, bands, approved_by)"
        " VALUES (current_tenant(), %s, %s, %s) ON CONFLICT (tenant_id, valid_from)"
        " DO UPDATE SET bands = excluded.bands, approved_by = excluded.approved_by",
        (table.valid_from, to_json(table.data), table.approved_by),
    )


LOANS: Section[LoansEntry] = Section(
    name="loans",
    file="loans.yaml",
    adapter=_adapter,
    empty=LoansEntry,
    operations=(PricedOperation("repay_loan", limits=("minimum", "maximum")),),
    check=_check,
    changes=_changes,
)
