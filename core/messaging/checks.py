"""What must be true of messages, over all tenants."""

from core.money.verify import Check

CHECKS = (
    Check(
        "receipts_have_entries",
        "a text about an entry is about one that exists",
        "SELECT m.tenant_id, m.id FROM message m LEFT JOIN entry e ON e.tenant_id = m.tenant_id"
        " AND e.id = m.entry_id WHERE m.entry_id IS NOT NULL AND e.id IS NULL",
    ),
    Check(
        "texts_have_jobs",
        "a text that is still to be sent has a row in the outbox that says so",
        "SELECT m.tenant_id, m.id FROM message m WHERE m.state IN ('queued', 'sending')"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.tenant_id = m.tenant_id"
        " AND o.subject_id = m.id AND o.state <> 'done')",
    ),
)
