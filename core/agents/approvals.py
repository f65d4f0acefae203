"""What ends by itself: sales that nobody approved, and holds past their time."""

import uuid

from core.agents import topups
from core.agents.messages import SaleExpired, SaleExpiredForCustomer
from core.db.database import Database
from core.messaging import messages
from core.money import ledger
from values.money import Money

BATCH = 200


def expire_due(app: Database, relay: Database) -> int:
    """End what is past its time; both sides of an expired sale are told. Answers how many.

    `relay` looks across tenants, `app` acts within one: each row in a transaction of its own.
    """
    with relay.transaction(None) as tx:
        approvals = tx.all(
            "SELECT tenant_id, id FROM approval WHERE state = 'pending' AND expires_at <= now()"
            " ORDER BY expires_at LIMIT %s",
            (BATCH,),
        )
        holds = tx.all(
            "SELECT h.tenant_id, h.id FROM hold h WHERE h.state = 'pending'"
            " AND h.expires_at <= now() AND NOT EXISTS (SELECT 1 FROM approval a"
            " WHERE a.tenant_id = h.tenant_id AND a.hold_id = h.id AND a.state = 'pending')"
            " ORDER BY h.expires_at LIMIT %s",
            (BATCH,),
        )
    ended = sum(_expire_sale(app, tenant, approval) for tenant, approval in approvals)
    for tenant, hold in holds:
        with app.transaction(tenant) as tx:
            ended += ledger.void_hold(tx, hold)
    return ended


def _expire_sale(app: Database, tenant_id: uuid.UUID, approval_id: uuid.UUID) -> bool:
    with app.transaction(tenant_id) as tx:
        approval = topups.get(tx, approval_id)
        if not topups.refuse(tx, approval_id, "expired"):
            return False
        amount = Money(approval.amount_minor, approval.currency)
        service_id = uuid.UUID(approval.quote["service"])
        messages.write_text(
            tx,
            subscriber_id=approval.requester_id,
            service_id=service_id,
            message=SaleExpired(amount=amount, customer=approval.quote["customer"]),
        )
        messages.write_text(
            tx,
            subscriber_id=approval.approver_id,
            service_id=service_id,
            message=SaleExpiredForCustomer(amount=amount, agent=approval.quote["agent"]),
        )
    return True
