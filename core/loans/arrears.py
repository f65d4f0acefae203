"""Arrears: what is owed of each loan on a day, how late it is, and what is set aside for it.

The bands of days and their percentages are the tenant's data, dated. What is set aside is a share
of what is owed of the principal, half up; it is reported and not booked.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.db.database import Tx
from core.loans import loans, products
from core.loans.lifecycle import IS_OWED
from core.loans.loans import Loan
from core.loans.products import Band
from core.loans.terms import Part, rounded


@dataclass(frozen=True, slots=True)
class Standing:
    """A loan that is owed, on a day. Amounts are in minor units; `set_aside_minor` is 0 where the
    tenant has no bands."""

    loan: Loan
    principal_minor: int
    overdue_minor: int
    days_late: int
    band: str
    set_aside_minor: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """The loans of one band: how many, what is owed of their principal, what is set aside."""

    band: str
    from_days: int
    loans: int
    principal_minor: int
    set_aside_minor: int


@dataclass(frozen=True, slots=True)
class Report:
    """Arrears on a day. `at_risk_minor` is the principal of loans that are late by so many days or
    more: 1, 30, 60, 90."""

    on: date
    buckets: tuple[Bucket, ...]
    principal_minor: int
    at_risk_minor: dict[int, int]

    @property
    def set_aside_minor(self) -> int:
        return sum(bucket.set_aside_minor for bucket in self.buckets)


RISK_DAYS = (1, 30, 60, 90)
NO_BAND = Band("all", 0, Decimal(0))


def standings(tx: Tx, on: date, *, group_id: uuid.UUID | None = None) -> list[Standing]:
    """Each loan that is owed now, as it stands on a day; the latest ones first."""
    found = loans.where(tx, f"l.{IS_OWED}", ())
    bands = bands_on(tx, on)
    made = [
        _standing(tx, loan, bands, on)
        for loan in found
        if group_id is None or loan.group_id == group_id
    ]
    return sorted(made, key=lambda one: (-one.days_late, one.loan.id))


def bands_on(tx: Tx, on: date) -> list[Band]:
    """The bands in force at the beginning of a day by the tenant's clock; without any, one for
    all."""
    row = tx.one("SELECT time_zone FROM tenant WHERE id = current_tenant()")
    assert row is not None
    at = datetime.combine(on, time(), ZoneInfo(row[0]))
    return products.provisioning(tx, at) or [NO_BAND]


def _standing(tx: Tx, loan: Loan, bands: list[Band], on: date) -> Standing:
    replayed = loans.standing(tx, loan, on)
    principal_minor, late = replayed.open_of(Part.PRINCIPAL), replayed.days_late
    band = products.band_of(bands, late) or bands[0]
    return Standing(
        loan,
        principal_minor,
        replayed.due_now_minor,
        late,
        band.name,
        rounded(principal_minor * band.percent / 100),
    )


def report(tx: Tx, on: date, found: Sequence[Standing]) -> Report:
    """Put standings into the bands of a day."""
    buckets = []
    for band in bands_on(tx, on):
        mine = [one for one in found if one.band == band.name]
        buckets.append(
            Bucket(
                band.name,
                band.from_days,
                len(mine),
                sum(one.principal_minor for one in mine),
                sum(one.set_aside_minor for one in mine),
            )
        )
    at_risk = {
        days: sum(one.principal_minor for one in found if one.days_late >= days)
        for days in RISK_DAYS
    }
    return Report(on, tuple(buckets), sum(one.principal_minor for one in found), at_risk)
