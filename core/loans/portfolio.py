"""What groups have lent, by state and by age: the portfolio at risk.

A loan is as late as its oldest instalment that is not paid in full. Portfolio at risk by N days is
what is owed of the principal of loans later than N days, as a part of what is owed of all loans
that are paid out: the usual measure of lenders.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.db.database import Tx
from values.ids import reference_of

AGES: Final = (30, 60, 90)
SHOWN_MAXIMUM: Final = 200

# Of each loan that is owed: what of its principal is, and since which day it is late. Of the plan
# in force, the instalments are added up; the first that payments do not reach is the oldest open
# one. Penalties pay no instalment.
_OWED: Final = (
    "SELECT l.id, l.group_id, l.borrower_id, l.state, l.currency,"
    " l.principal_minor - coalesce(s.principal_minor, 0) AS owed_minor, d.late_since"
    " FROM loan l JOIN savings_group g ON g.tenant_id = l.tenant_id AND g.id = l.group_id"
    " LEFT JOIN LATERAL (SELECT sum(s.principal_minor)::bigint AS principal_minor"
    "  FROM loan_split s WHERE s.tenant_id = l.tenant_id AND s.loan_id = l.id) s ON true"
    " LEFT JOIN LATERAL (SELECT version, planned_on FROM loan_instalment i"
    "  WHERE i.tenant_id = l.tenant_id AND i.loan_id = l.id ORDER BY version DESC LIMIT 1) v"
    "  ON true"
    " LEFT JOIN LATERAL (SELECT coalesce(sum(s.fee_minor + s.interest_minor + s.principal_minor),"
    "   0) AS paid_minor FROM loan_split s JOIN loan_payment p"
    "   ON p.tenant_id = s.tenant_id AND p.id = s.payment_id"
    "  WHERE s.tenant_id = l.tenant_id AND s.loan_id = l.id"
    "  AND (v.version = 1 OR p.paid_on >= v.planned_on)) p ON true"
    " LEFT JOIN LATERAL (SELECT min(due_on) AS late_since FROM (SELECT i.due_on,"
    "   sum(i.principal_minor + i.interest_minor + i.fee_minor) OVER (ORDER BY i.number) AS asked"
    "   FROM loan_instalment i WHERE i.tenant_id = l.tenant_id AND i.loan_id = l.id"
    "   AND i.version = v.version) i"
    "  WHERE i.asked > p.paid_minor AND i.due_on < %(today)s) d ON true"
    " WHERE l.tenant_id = current_tenant() AND l.state IN ('disbursed', 'repaying')"
    " AND (%(within)s::uuid[] IS NULL OR g.organisation_id = ANY (%(within)s))"
    " AND (%(group)s::uuid IS NULL OR l.group_id = %(group)s)"
)


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A loan in a list. `owed_minor` is what is owed of its principal; `days_late` counts from its
    oldest instalment that is not paid."""

    id: uuid.UUID
    group_id: uuid.UUID
    borrower_id: uuid.UUID
    state: str
    currency: str
    owed_minor: int
    days_late: int

    @property
    def reference(self) -> str:
        return reference_of(self.id)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What the groups of an organisation, of an area, or one group have lent. `at_risk_minor` is
    by the ages of AGES."""

    of_id: uuid.UUID
    loans: int
    owed_minor: int
    late_minor: int
    at_risk_minor: tuple[int, ...]

    def at_risk_percent(self, which: int) -> float:
        """Of what is owed, with one decimal."""
        if not self.owed_minor:
            return 0.0
        return round(100 * self.at_risk_minor[which] / self.owed_minor, 1)


def of_group(tx: Tx, group_id: uuid.UUID, today: date) -> list[LoanRow]:
    """The loans of a group that are owed, the latest first."""
    rows = tx.all(
        f"SELECT id, group_id, borrower_id, state, currency, owed_minor,"
        f" coalesce(%(today)s - late_since, 0) FROM ({_OWED}) o"
        " ORDER BY late_since NULLS LAST, id LIMIT %(limit)s",
        {"group": group_id, "within": None, "today": today, "limit": SHOWN_MAXIMUM},
    )
    return [LoanRow(*row) for row in rows]


def by_state(tx: Tx, *, within: Sequence[uuid.UUID] | None = None) -> dict[str, tuple[int, int]]:
    """How many loans there are in each state, and for how much they were asked, in minor units."""
    rows = tx.all(
        "SELECT l.state, count(*), sum(l.principal_minor)::bigint FROM loan l"
        " JOIN savings_group g ON g.tenant_id = l.tenant_id AND g.id = l.group_id"
        " WHERE l.tenant_id = current_tenant()"
        " AND (%(within)s::uuid[] IS NULL OR g.organisation_id = ANY (%(within)s))"
        " GROUP BY l.state ORDER BY l.state",
        {"within": list(within) if within is not None else None},
    )
    return {state: (count, asked_minor) for state, count, asked_minor in rows}


_ORGANISATIONS: Final = (
    "SELECT id AS group_id, organisation_id AS of_id FROM savings_group"
    " WHERE tenant_id = current_tenant()"
)
_AREAS: Final = (
    "SELECT l.group_id, x.id AS of_id FROM savings_area x"
    " JOIN savings_area a ON a.tenant_id = x.tenant_id AND x.id = ANY (a.ancestors)"
    " JOIN savings_group_area l ON l.tenant_id = a.tenant_id AND l.area_id = a.id"
    " WHERE x.tenant_id = current_tenant() AND x.level = %(level)s"
)
_GROUPS: Final = (
    "SELECT id AS group_id, id AS of_id FROM savings_group"
    " WHERE tenant_id = current_tenant() AND id = ANY (%(groups)s)"
)


def by_organisation(
    tx: Tx, today: date, *, within: Sequence[uuid.UUID] | None = None
) -> dict[uuid.UUID, Portfolio]:
    """What each organisation's groups have lent, and what of it is at risk."""
    return _by(tx, _ORGANISATIONS, today, within)


def by_area(
    tx: Tx, today: date, level: str, *, within: Sequence[uuid.UUID] | None = None
) -> dict[uuid.UUID, Portfolio]:
    """What the groups in each area of a level have lent, and what of it is at risk."""
    return _by(tx, _AREAS, today, within, level=level)


def by_group(tx: Tx, today: date, group_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Portfolio]:
    """What each of these groups has lent, and what of it is at risk."""
    return _by(tx, _GROUPS, today, None, groups=list(group_ids))


def _by(
    tx: Tx, of: str, today: date, within: Sequence[uuid.UUID] | None, **params: object
) -> dict[uuid.UUID, Portfolio]:
    late = ", ".join(
        f"coalesce(sum(o.owed_minor) FILTER (WHERE %(today)s - o.late_since > {days}), 0)::bigint"
        for days in AGES
    )
    only = " AND l.group_id = ANY (%(groups)s)" if "groups" in params else ""
    rows = tx.all(
        "SELECT g.of_id, count(*), sum(o.owed_minor)::bigint,"
        " coalesce(sum(o.owed_minor) FILTER (WHERE o.late_since IS NOT NULL), 0)::bigint,"
        f" {late} FROM ({_OWED}{only}) o JOIN ({of}) g ON g.group_id = o.group_id"
        " GROUP BY g.of_id",
        {
            "within": list(within) if within is not None else None,
            "group": None,
            "today": today,
            **params,
        },
    )
    return {
        id: Portfolio(id, loans, owed_minor, late_minor, tuple(at_risk))
        for id, loans, owed_minor, late_minor, *at_risk in rows
    }
