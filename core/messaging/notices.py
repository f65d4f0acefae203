"""Texts to somebody who is not dialling: what staff or the clock did about them."""

import uuid
from datetime import datetime

from core.db.database import Tx
from core.messaging.messages import write_text
from values.messages import Message


def write_notice(
    tx: Tx,
    subscriber_id: uuid.UUID,
    message: Message,
    *,
    entry_id: uuid.UUID | None = None,
    until: datetime | None = None,
) -> bool:
    """Text somebody from the service that they were texted from last, or else from the tenant's
    first. After `until` it is not sent. False where the tenant has no service, and nobody can be
    texted."""
    service_id = service_for(tx, subscriber_id)
    if service_id is None:
        return False
    write_text(
        tx,
        subscriber_id=subscriber_id,
        service_id=service_id,
        message=message,
        entry_id=entry_id,
        until=until,
    )
    return True


def service_for(tx: Tx, subscriber_id: uuid.UUID) -> uuid.UUID | None:
    """The service that somebody was texted from last, or else the tenant's first; None where it has
    none that texts."""
    row = tx.one(
        "SELECT coalesce((SELECT m.service_id FROM message m WHERE m.tenant_id = current_tenant()"
        "  AND m.subscriber_id = %s ORDER BY m.id DESC LIMIT 1),"
        " (SELECT s.id FROM service s WHERE s.tenant_id = current_tenant()"
        "  AND s.channel <> 'payments'"
        "  ORDER BY s.channel <> 'ussd', s.id LIMIT 1))",
        (subscriber_id,),
    )
    return row[0] if row else None
