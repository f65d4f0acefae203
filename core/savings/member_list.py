"""The members of groups, as a list that people take away; it keeps to organisations."""

from collections.abc import Sequence
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Filter, Listing, Wanted
from core.security.keyring import Keyring
from values import names
from values.money import Money


def _rows(
    _tx: Tx, keys: Keyring, wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    rows = []
    for _, who, sealed, organisation, code, group, balance_minor, currency, *rest in found:
        name = keys.open(sealed, who.bytes)
        shown = name if wanted.whole else names.shown(name)
        saved = Money(balance_minor, currency)
        rows.append((organisation, code, group, str(who), shown, saved, *rest))
    return rows


MEMBERS: Final = Listing(
    name="members",
    title="Members of groups",
    permission="people.look",
    api_scope="groups:read",
    columns=(
        Column("organisation", "Organisation"),
        Column("code", "Code", width=0.7),
        Column("group", "Group", width=1.3),
        Column("person", "Person", width=2),
        Column("name", "Name", width=1.5),
        Column("saved", "Saved", "amount", width=1.2),
        Column("joined_at", "Joined", "moment", width=1.2),
        Column("left_at", "Left", "moment", width=1.2),
    ),
    # Of one member in one group.
    key="m.savings_account_id",
    query=(
        "SELECT m.savings_account_id, m.subscriber_id, s.name_sealed, o.name, g.code, g.name,"
        " a.balance_minor, a.currency, m.joined_at, m.left_at FROM membership m"
        " JOIN savings_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id"
        " JOIN organisation o ON o.tenant_id = g.tenant_id AND o.id = g.organisation_id"
        " JOIN subscriber s ON s.tenant_id = m.tenant_id AND s.id = m.subscriber_id"
        " JOIN account a ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
        " WHERE m.tenant_id = current_tenant() AND (%(organisations)s::uuid[] IS NULL"
        "  OR g.organisation_id = ANY (%(organisations)s))"
    ),
    dated="m.joined_at",
    dated_by_id=False,
    rows=_rows,
    filters=(Filter("code", "g.code"),),
    within=True,
)
