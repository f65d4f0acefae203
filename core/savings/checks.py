"""What must be true of contributions, over all tenants."""

from core.money.verify import Check, has_receipts, moves_what_was_shown

CHECKS = (
    Check(
        "contributions_match",
        "every contribution has its entry and every entry of one its contribution, with the same"
        " amount and fee, from the payer's wallet into the payer's savings in the group",
        "SELECT coalesce(c.tenant_id, e.tenant_id), coalesce(c.entry_id, e.id)"
        " FROM contribution c FULL JOIN (SELECT * FROM entry WHERE kind = 'contribution') e"
        " ON e.tenant_id = c.tenant_id AND e.id = c.entry_id"
        " WHERE c.entry_id IS NULL OR e.id IS NULL"
        " UNION ALL SELECT c.tenant_id, c.entry_id FROM contribution c"
        " LEFT JOIN membership m ON m.tenant_id = c.tenant_id AND m.group_id = c.group_id"
        " AND m.subscriber_id = c.subscriber_id"
        " LEFT JOIN posting p ON p.tenant_id = c.tenant_id AND p.entry_id = c.entry_id"
        " AND p.currency = c.currency"
        " LEFT JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " GROUP BY c.tenant_id, c.entry_id, c.amount_minor, c.fee_minor"
        " HAVING c.amount_minor IS DISTINCT FROM"
        "  sum(p.amount_minor) FILTER (WHERE p.account_id = m.savings_account_id)"
        " OR c.fee_minor <> coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'fees'), 0)"
        " OR -(c.amount_minor + c.fee_minor) IS DISTINCT FROM sum(p.amount_minor)"
        "  FILTER (WHERE a.kind = 'wallet' AND a.owner_id = c.subscriber_id)",
    ),
    moves_what_was_shown("contribute", "i.amount_minor + i.fee_minor"),
    has_receipts("contribution", 1),
)
