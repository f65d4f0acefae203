"""What must be true of agents' sales, float and cash, over all tenants."""

from core.money.verify import Check, has_receipts, moves_what_was_shown

CHECKS = (
    Check(
        "approvals_match",
        "an approved sale is posted, one that waits holds its amount, any other holds nothing",
        "SELECT p.tenant_id, p.id FROM approval p"
        " LEFT JOIN hold h ON h.tenant_id = p.tenant_id AND h.id = p.hold_id"
        " LEFT JOIN intent i ON i.tenant_id = p.tenant_id AND i.id = p.intent_id"
        " WHERE h.id IS NULL OR i.id IS NULL OR h.amount_minor <> p.amount_minor"
        " OR (p.state = 'approved') <> (h.state = 'posted' AND i.state = 'done'"
        "  AND h.entry_id = i.entry_id)"
        " OR (p.state = 'pending') <> (i.state = 'pending')"
        " OR (p.state = 'pending' AND h.state <> 'pending')"
        " OR (p.state IN ('refused', 'expired') AND h.state <> 'voided')",
    ),
    moves_what_was_shown("topup", "i.amount_minor"),
    has_receipts("topup", 2),
    moves_what_was_shown("float_sale", "i.amount_minor + i.fee_minor"),
    has_receipts("float_sale", 2),
    moves_what_was_shown("float_return", "i.amount_minor + i.fee_minor"),
    has_receipts("float_return", 2),
    moves_what_was_shown("float_purchase", "i.amount_minor + i.fee_minor"),
    has_receipts("float_purchase", 1),
    moves_what_was_shown("cash_out", "i.amount_minor + i.fee_minor"),
    has_receipts("cash_out", 2),
)
