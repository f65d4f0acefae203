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
    Check(
        "float_offers_match",
        "float that was taken is posted, what waits holds its amount and fee, any other holds"
        " nothing",
        "SELECT o.tenant_id, o.id FROM float_offer o"
        " LEFT JOIN hold h ON h.tenant_id = o.tenant_id AND h.id = o.hold_id"
        " LEFT JOIN intent i ON i.tenant_id = o.tenant_id AND i.id = o.intent_id"
        " WHERE h.id IS NULL OR h.amount_minor <> o.amount_minor + o.fee_minor"
        " OR (o.state = 'taken') <> (h.state = 'posted' AND i.state = 'done'"
        "  AND h.entry_id = i.entry_id)"
        " OR (o.state = 'offered') <> (h.state = 'pending')"
        " OR (o.state = 'offered') <> coalesce(i.state = 'pending', false)"
        " OR (o.state IN ('declined', 'recalled', 'expired') AND h.state <> 'voided')",
    ),
    Check(
        "float_asks_are_given",
        "float that was asked for and given came from the one asked, to who asked, as much",
        "SELECT k.tenant_id, k.id FROM float_ask k LEFT JOIN intent i"
        "  ON i.tenant_id = k.tenant_id AND i.entry_id = k.entry_id AND i.state = 'done'"
        "  AND i.subscriber_id = k.giver_id AND i.payee_id = k.asker_id"
        "  AND i.amount_minor = k.amount_minor AND i.currency = k.currency"
        " WHERE k.state = 'given' AND i.id IS NULL",
    ),
    Check(
        "reversals_hold",
        "a reversal that waits holds what was not spent; one that was dropped holds nothing",
        "SELECT s.tenant_id, s.id FROM sale_reversal s LEFT JOIN hold h"
        " ON h.tenant_id = s.tenant_id AND h.id = s.hold_id"
        " WHERE s.hold_id IS NOT NULL AND (h.id IS NULL OR h.state <> CASE s.state"
        "  WHEN 'done' THEN 'posted' WHEN 'dropped' THEN 'voided' ELSE 'pending' END)",
    ),
    Check(
        "reversals_mirror_sales",
        "a sale's reversal moves back what the sale moved, line by line",
        "SELECT r.tenant_id, r.id FROM entry r JOIN sale_reversal s ON s.tenant_id = r.tenant_id"
        "  AND r.key = 'sale_reversal:' || s.entry_id AND s.state = 'done'"
        " LEFT JOIN LATERAL (SELECT count(*) AS wrong FROM (SELECT account_id, sum(amount_minor)"
        "   AS total FROM posting p WHERE p.tenant_id = r.tenant_id"
        "   AND p.entry_id IN (r.id, s.entry_id) GROUP BY 1) each WHERE total <> 0) w ON true"
        " WHERE r.kind = 'sale_reversal' AND w.wrong > 0",
    ),
    Check(
        "commission_is_never_overpaid",
        "what an agent owes of commission is a receivable: it is never paid off beyond nothing",
        "SELECT a.tenant_id, a.id FROM account a JOIN posting p ON p.tenant_id = a.tenant_id"
        " AND p.account_id = a.id WHERE a.kind = 'commission_owed' GROUP BY 1, 2"
        " HAVING sum(p.amount_minor) > 0",
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
    has_receipts("sale_reversal", 2),
    has_receipts("commission_payout", 1),
    has_receipts("commission_taken_back", 1),
)
