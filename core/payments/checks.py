"""What must be true of payments and of providers' movements, over all tenants."""

from core.money.verify import Check

CHECKS = (
    Check(
        "movements_are_booked",
        "every movement at a provider has its entry, which moves its amount on the wallet",
        "SELECT m.tenant_id, m.id FROM provider_movement m"
        " LEFT JOIN posting p ON p.tenant_id = m.tenant_id AND p.entry_id = m.entry_id"
        " AND p.currency = m.currency"
        " LEFT JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " AND a.kind = 'provider_wallet'"
        " GROUP BY m.tenant_id, m.id, m.amount_minor"
        " HAVING -m.amount_minor IS DISTINCT FROM sum(p.amount_minor) FILTER (WHERE a.id IS NOT"
        " NULL)",
    ),
    Check(
        "wallets_hold_what_moved",
        "what is on the wallets' accounts in a currency is what moved there, and nothing else",
        "SELECT coalesce(a.tenant_id, m.tenant_id), coalesce(a.currency, m.currency) FROM"
        " (SELECT p.tenant_id, p.currency, sum(p.amount_minor) AS total FROM posting p"
        "  JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        "  AND a.kind = 'provider_wallet' GROUP BY 1, 2) a"
        " FULL JOIN (SELECT tenant_id, currency, sum(amount_minor) AS total"
        "  FROM provider_movement GROUP BY 1, 2) m"
        " ON m.tenant_id = a.tenant_id AND m.currency = a.currency"
        " WHERE coalesce(a.total, 0) <> -coalesce(m.total, 0)",
    ),
    Check(
        "suspense_is_explained",
        "what is in suspense in a currency is what movements wait there",
        "SELECT coalesce(a.tenant_id, m.tenant_id), coalesce(a.currency, m.currency) FROM"
        " (SELECT p.tenant_id, p.currency, sum(p.amount_minor) AS total FROM posting p"
        "  JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        "  AND a.kind = 'suspense' GROUP BY 1, 2) a"
        " FULL JOIN (SELECT tenant_id, currency, sum(amount_minor) AS total"
        "  FROM provider_movement WHERE state = 'suspense' GROUP BY 1, 2) m"
        " ON m.tenant_id = a.tenant_id AND m.currency = a.currency"
        " WHERE coalesce(a.total, 0) <> coalesce(m.total, 0)",
    ),
    Check(
        "texts_in_suspense_are_queued",
        "money that a text or a callback told of, and that waits in suspense, is in the queue of"
        " exceptions",
        "SELECT m.tenant_id, m.id FROM provider_movement m LEFT JOIN payment_exception x"
        " ON x.tenant_id = m.tenant_id AND x.movement_id = m.id AND x.state IN ('open', 'claimed')"
        " WHERE m.state = 'suspense' AND m.source IN ('sms', 'callback') AND x.id IS NULL",
    ),
    Check(
        "paid_payments_moved_money",
        "a paid payment has a movement of its amount that is its own",
        "SELECT p.tenant_id, p.id FROM payment p LEFT JOIN provider_movement m"
        " ON m.tenant_id = p.tenant_id AND m.id = p.movement_id AND m.payment_id = p.id"
        " AND m.state = 'allocated' AND m.currency = p.currency"
        " AND m.amount_minor = CASE p.kind WHEN 'collection' THEN p.amount_minor"
        "  ELSE -p.amount_minor END"
        " WHERE p.state IN ('paid', 'reversed', 'refunded') AND m.id IS NULL",
    ),
    Check(
        "payments_end_their_intents",
        "while a payment may still move money its intent waits; when it cannot, the intent is void",
        "SELECT p.tenant_id, p.id FROM payment p LEFT JOIN intent i"
        " ON i.tenant_id = p.tenant_id AND i.id = p.intent_id"
        " WHERE p.intent_id IS NOT NULL AND ("  # one that came to nothing is forgotten in time
        "  (p.state IN ('created', 'submitted', 'pending', 'unknown')"
        "   AND i.state IS DISTINCT FROM 'pending')"
        "  OR (p.state IN ('failed', 'expired') AND i.state <> 'void')"
        "  OR (p.state = 'paid' AND i.state = 'pending'))",
    ),
    Check(
        "payouts_are_covered",
        "a payout that may still leave holds its money, and one that failed holds nothing",
        "SELECT p.tenant_id, p.id FROM payment p LEFT JOIN hold h"
        " ON h.tenant_id = p.tenant_id AND h.id = p.hold_id"
        " WHERE p.hold_id IS NOT NULL AND (h.id IS NULL OR h.expires_at IS NOT NULL"
        "  OR (p.state IN ('created', 'submitted', 'pending', 'unknown') AND h.state <> 'pending')"
        "  OR (p.state IN ('failed', 'expired') AND h.state <> 'voided')"
        "  OR (p.state = 'paid' AND h.state <> 'posted'))"
        " OR p.hold_id IS NULL AND p.kind = 'disbursement'",
    ),
)
