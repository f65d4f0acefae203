"""What must be true of rides, over all tenants."""

from core.money.verify import Check, has_receipts

CHECKS = (
    Check(
        "rides_match_ledger",
        "a ride that was paid from a wallet moved its fare and waiting out of it; one in cash, or"
        " that did not come to be, moved at most its cancellation fee",
        "SELECT r.tenant_id, r.id FROM ride r LEFT JOIN ("
        "  SELECT p.tenant_id, p.entry_id, a.owner_id, sum(p.amount_minor) AS minor FROM posting p"
        "  JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        "   AND a.kind = 'wallet' GROUP BY 1, 2, 3) m ON m.tenant_id = r.tenant_id"
        "  AND m.entry_id = r.entry_id AND m.owner_id = r.customer_id"
        " WHERE coalesce(-m.minor, 0) <> CASE"
        "  WHEN r.hold_id IS NULL THEN 0"
        "  WHEN r.state = 'completed' THEN r.fare_minor + r.waiting_minor"
        "  WHEN r.state = 'cancelled' THEN r.fee_minor ELSE 0 END",
    ),
    Check(
        "ride_holds_end",
        "a fare is set aside for as long as its ride is under way, and no longer",
        "SELECT r.tenant_id, r.id FROM ride r JOIN hold h"
        " ON h.tenant_id = r.tenant_id AND h.id = r.hold_id"
        " WHERE (r.ended_at IS NULL) <> (h.state = 'pending')"
        " OR (r.ended_at IS NULL AND h.amount_minor <> r.fare_minor)",
    ),
    Check(
        "ride_offers_match",
        "a ride is offered exactly while one driver is asked, and who took it had accepted",
        "SELECT r.tenant_id, r.id FROM ride r LEFT JOIN ride_offer o"
        " ON o.tenant_id = r.tenant_id AND o.ride_id = r.id AND o.state = 'open'"
        " WHERE (r.state = 'offered') <> (o.id IS NOT NULL)"
        " UNION ALL SELECT r.tenant_id, r.id FROM ride r WHERE r.driver_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM ride_offer o WHERE o.tenant_id = r.tenant_id"
        "  AND o.ride_id = r.id AND o.driver_id = r.driver_id AND o.state = 'accepted')",
    ),
    Check(
        "ride_entries_have_rides",
        "an entry of a fare or of a cancellation has its ride",
        "SELECT e.tenant_id, e.id FROM entry e LEFT JOIN ride r"
        " ON r.tenant_id = e.tenant_id AND r.entry_id = e.id"
        " WHERE e.kind IN ('ride_fare', 'ride_cancellation') AND r.id IS NULL",
    ),
    has_receipts("ride_fare", 2),
    has_receipts("ride_cancellation", 1),
)
