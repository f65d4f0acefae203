"""Groups with what they have saved and lent, and what of it is at risk: a list to take away."""

from collections.abc import Sequence
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Listing, Wanted
from core.loans import portfolio
from core.loans.office import today_of
from core.loans.portfolio import AGES, Portfolio
from core.security.keyring import Keyring
from values.money import Money


def _rows(
    tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    lent = portfolio.by_group(tx, today_of(tx), [row[0] for row in found])
    rows = []
    for id, *known, members, saved_minor, currency, met_at in found:
        of = lent.get(id, Portfolio(id, 0, 0, 0, (0,) * len(AGES)))
        amounts = (saved_minor, of.owed_minor, of.late_minor, *of.at_risk_minor)
        saved, *owed = (Money(minor, currency) for minor in amounts)
        rows.append((*known, members, met_at, saved, of.loans, *owed))
    return rows


FIGURES: Final = Listing(
    name="group_figures",
    title="Groups: savings and loans at risk",
    permission="savings.look",
    api_scope="groups:read",
    columns=(
        Column("organisation", "Organisation"),
        Column("place", "Place", width=1.4),
        Column("code", "Code", width=0.7),
        Column("group", "Group", width=1.3),
        Column("members", "Members", "number", width=0.6),
        Column("met_at", "Last met", "moment", width=1.1),
        Column("saved", "Saved", "amount", width=1.1),
        Column("loans", "Loans", "number", width=0.5),
        Column("owed", "Owed", "amount", width=1.1),
        Column("late", "Late", "amount", width=1.1),
        *(Column(f"par{days}", f"PAR{days}", "amount", width=1.1) for days in AGES),
    ),
    key="g.id",
    query=(
        "SELECT g.id, o.name, coalesce(x.place, ''), g.code, g.name, m.members, m.saved_minor,"
        " t.currency, h.met_at FROM savings_group g"
        " JOIN tenant t ON t.id = g.tenant_id"
        " JOIN organisation o ON o.tenant_id = g.tenant_id AND o.id = g.organisation_id"
        " LEFT JOIN savings_group_area l ON l.tenant_id = g.tenant_id AND l.group_id = g.id"
        " LEFT JOIN savings_area x ON x.tenant_id = l.tenant_id AND x.id = l.area_id"
        " CROSS JOIN LATERAL (SELECT count(*) AS members,"
        "  coalesce(sum(a.balance_minor), 0)::bigint AS saved_minor FROM membership m"
        "  JOIN account a ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
        "  WHERE m.tenant_id = g.tenant_id AND m.group_id = g.id AND m.left_at IS NULL) m"
        " CROSS JOIN LATERAL (SELECT max(ended_at) AS met_at FROM savings_meeting s"
        "  WHERE s.tenant_id = g.tenant_id AND s.group_id = g.id AND s.state = 'closed') h"
        " WHERE g.tenant_id = current_tenant() AND (%(organisations)s::uuid[] IS NULL"
        "  OR g.organisation_id = ANY (%(organisations)s))"
    ),
    # Since a day: the groups that have met since.
    dated="coalesce(h.met_at, '-infinity')",
    dated_by_id=False,
    rows=_rows,
    within=True,
)
