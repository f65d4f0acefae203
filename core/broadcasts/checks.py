"""What must be true of broadcasts, over all tenants."""

from core.money.verify import Check

CHECKS = (
    Check(
        "broadcasts_go_on",
        "a broadcast that runs has a row in the outbox that writes it on",
        "SELECT b.tenant_id, b.id FROM broadcast b WHERE b.state = 'running'"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.tenant_id = b.tenant_id"
        " AND o.subject_id = b.id AND o.kind = 'broadcast' AND o.state <> 'done')",
    ),
    Check(
        "broadcasts_written_once",
        "a text of a broadcast is somebody's of it, unless it was taken back; and who is written to"
        " has a text",
        "SELECT m.tenant_id, m.id FROM message m WHERE m.template = 'broadcast'"
        " AND m.reason IS DISTINCT FROM 'taken_back'"
        " AND m.id >= uuid7_floor(now() - interval '365 days')"
        " AND NOT EXISTS (SELECT 1 FROM broadcast_recipient r WHERE r.tenant_id = m.tenant_id"
        " AND r.message_id = m.id)"
        " UNION ALL SELECT r.tenant_id, r.message_id FROM broadcast_recipient r"
        " WHERE r.state = 'written' AND NOT EXISTS (SELECT 1 FROM message m"
        " WHERE m.tenant_id = r.tenant_id AND m.id = r.message_id)",
    ),
)
