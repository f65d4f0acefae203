"""What must be true of officers' bookings, over all tenants."""

from core.money.verify import Check

_SAME = (
    "r.tenant_id = e.tenant_id AND r.kind = e.kind AND r.state = 'approved'"
    " AND r.result ->> 'entry' = e.id::text"
)

CHECKS = (
    Check(
        "bookings_have_two_officers",
        "a booking's entry has its approved request, and the request its entry",
        f"SELECT e.tenant_id, e.id FROM entry e LEFT JOIN approval_request r ON {_SAME}"
        " WHERE e.kind IN ('booking', 'booking_reversal') AND r.id IS NULL"
        " UNION ALL SELECT r.tenant_id, r.id FROM approval_request r"
        f" LEFT JOIN entry e ON {_SAME}"
        " WHERE r.kind IN ('booking', 'booking_reversal') AND r.state = 'approved'"
        " AND e.id IS NULL",
    ),
    Check(
        "bookings_move_what_was_asked",
        "a booking's entry gives what its request asked for, from and to the accounts it named",
        "SELECT r.tenant_id, r.id FROM approval_request r"
        " LEFT JOIN posting p ON p.tenant_id = r.tenant_id"
        "  AND p.entry_id = (r.result ->> 'entry')::uuid"
        "  AND p.currency = r.params ->> 'currency'"
        "  AND p.account_id = CASE WHEN p.amount_minor > 0"
        "   THEN (r.params ->> 'target')::uuid ELSE (r.params ->> 'source')::uuid END"
        " WHERE r.kind IN ('booking', 'booking_reversal') AND r.state = 'approved'"
        " GROUP BY r.tenant_id, r.id, r.params"
        " HAVING count(p.entry_id) <> 2 OR sum(abs(p.amount_minor))"
        "  <> 2 * (r.params ->> 'amount_minor')::bigint",
    ),
)
