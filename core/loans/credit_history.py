"""A group's credit history, for a bank that the group has agreed shows it: figures of months.

Nobody's name is in it, and no member's own figures. It is the group's that is judged: whether it
meets, what it saves, what it has lent, and whether that comes back.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.db.database import Tx
from core.documents.table import Column, Row, Table
from core.loans import portfolio
from core.loans.portfolio import AGES
from values.currencies import written
from values.money import Money
from values.said import said

MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Month:
    """What a group did in a month: its meetings that closed, the members who came to them, of how
    many; what was saved there; what was lent, and what was repaid. In minor units."""

    first: date
    meetings: int
    here: int
    members: int
    saved_minor: int
    loans: int
    lent_minor: int
    repaid_minor: int

    @property
    def came_percent(self) -> int | None:
        return round(100 * self.here / self.members) if self.members else None


@dataclass(frozen=True, slots=True)
class History:
    """A group as a bank judges it. `at_risk_percent` is by the ages of AGES, of what is owed now;
    `lost_minor` is what was written off, `loans_closed` how many were repaid in full."""

    group: str
    currency: str
    members: int
    saved_minor: int
    owed_minor: int
    loans_closed: int
    loans_written_off: int
    lost_minor: int
    at_risk_percent: tuple[float, ...]
    share_outs: int
    months: tuple[Month, ...]


_MONTHS: Final = (
    "WITH months AS (SELECT generate_series(date_trunc('month', %(today)s::date)"
    "  - make_interval(months => %(months)s - 1), date_trunc('month', %(today)s::date),"
    "  interval '1 month')::date AS first)"
    " SELECT m.first, t.meetings, t.here, t.members, t.saved_minor, l.loans, l.lent_minor,"
    " p.repaid_minor FROM months m"
    " CROSS JOIN LATERAL (SELECT count(DISTINCT t.id) AS meetings,"
    "  count(*) FILTER (WHERE n.attendance IN ('present', 'late')) AS here,"
    "  count(n.subscriber_id) AS members, coalesce(sum(n.saved_minor), 0)::bigint AS saved_minor"
    "  FROM savings_meeting t JOIN savings_meeting_line n ON n.tenant_id = t.tenant_id"
    "   AND n.meeting_id = t.id WHERE t.tenant_id = current_tenant() AND t.group_id = %(group)s"
    "  AND t.state = 'closed' AND t.day >= m.first AND t.day < m.first + interval '1 month') t"
    " CROSS JOIN LATERAL (SELECT count(*) AS loans,"
    "  coalesce(sum(principal_minor), 0)::bigint AS lent_minor FROM loan"
    "  WHERE tenant_id = current_tenant() AND group_id = %(group)s"
    "  AND disbursed_on >= m.first AND disbursed_on < m.first + interval '1 month') l"
    " CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount_minor), 0)::bigint AS repaid_minor"
    "  FROM loan_payment p JOIN loan l ON l.tenant_id = p.tenant_id AND l.id = p.loan_id"
    "  WHERE p.tenant_id = current_tenant() AND l.group_id = %(group)s"
    "  AND p.paid_on >= m.first AND p.paid_on < m.first + interval '1 month'"
    "  AND NOT EXISTS (SELECT 1 FROM loan_reversal r WHERE r.tenant_id = p.tenant_id"
    "   AND r.payment_id = p.id)) p ORDER BY m.first"
)
_NOW: Final = (
    "SELECT g.name, m.members, m.saved_minor, l.closed, l.written_off, l.lost_minor,"
    " (SELECT count(*) FROM savings_share_out s WHERE s.tenant_id = g.tenant_id"
    "  AND s.group_id = g.id AND s.state IN ('paid', 'closed')) FROM savings_group g"
    " CROSS JOIN LATERAL (SELECT count(*) AS members,"
    "  coalesce(sum(a.balance_minor), 0)::bigint AS saved_minor FROM membership m"
    "  JOIN account a ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
    "  WHERE m.tenant_id = g.tenant_id AND m.group_id = g.id AND m.left_at IS NULL) m"
    " CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'closed') AS closed,"
    "  count(*) FILTER (WHERE state = 'written_off') AS written_off,"
    "  coalesce(sum(lost_minor), 0)::bigint AS lost_minor FROM loan"
    "  WHERE tenant_id = g.tenant_id AND group_id = g.id) l"
    " WHERE g.tenant_id = current_tenant() AND g.id = %s"
)


def of_group(tx: Tx, group_id: uuid.UUID, *, today: date, currency: str) -> History:
    """The history of a group over the last months, this one with them."""
    row = tx.one(_NOW, (group_id,))
    assert row is not None, "a group's consent is a group's"
    name, members, saved_minor, closed, written_off, lost_minor, share_outs = row
    lent = portfolio.by_group(tx, today, [group_id]).get(group_id)
    months = tx.all(_MONTHS, {"group": group_id, "today": today, "months": MONTHS})
    return History(
        group=name,
        currency=currency,
        members=members,
        saved_minor=saved_minor,
        owed_minor=lent.owed_minor if lent else 0,
        loans_closed=closed,
        loans_written_off=written_off,
        lost_minor=lost_minor,
        at_risk_percent=tuple(
            lent.at_risk_percent(which) if lent else 0.0 for which in range(len(AGES))
        ),
        share_outs=share_outs,
        months=tuple(Month(*month) for month in months),
    )


def figures(found: History) -> Table:
    """What the group is today."""
    of = found.currency
    rows: list[Row] = [
        (said("Members"), str(found.members)),
        (said("Saved by them"), written(found.saved_minor, of)),
        (said("Owed of loans"), written(found.owed_minor, of)),
        (said("Loans repaid in full"), str(found.loans_closed)),
        (said("Loans written off"), str(found.loans_written_off)),
        (said("Lost by them"), written(found.lost_minor, of)),
        *(
            (f"PAR{days}", f"{share} %")
            for days, share in zip(AGES, found.at_risk_percent, strict=True)
        ),
        (said("Share-outs paid"), str(found.share_outs)),
    ]
    columns = (Column("what", "What", width=2.0), Column("figure", "Figure"))
    return Table("Today", columns, rows)


def by_month(found: History) -> Table:
    """What it did, month by month."""
    columns = (
        Column("month", "Month"),
        Column("meetings", "Meetings", "number"),
        Column("came_percent", "Came (%)", "number"),
        Column("saved", "Saved", "amount"),
        Column("loans", "Loans", "number"),
        Column("lent", "Lent", "amount"),
        Column("repaid", "Repaid", "amount"),
    )
    return Table("Months", columns, _rows(found))


def _rows(found: History) -> Iterator[Row]:
    for one in found.months:
        saved, lent, repaid = (
            Money(minor, found.currency)
            for minor in (one.saved_minor, one.lent_minor, one.repaid_minor)
        )
        month = f"{one.first:%Y-%m}"
        yield month, one.meetings, one.came_percent, saved, one.loans, lent, repaid
