"""Delivery reports: from a provider's words to the state of a text."""

import uuid

from core.db import Database, Deadline
from core.delivery import PHONE
from core.messages import take_report
from core.secrets import Keyring
from providers.contract import DeliveryStatus, SmsReport

# A word that nobody knows says nothing: it delivers nothing and fails nothing.
STATES: dict[DeliveryStatus, str | None] = {
    DeliveryStatus.UNKNOWN: None,
    DeliveryStatus.QUEUED: "accepted",
    DeliveryStatus.SENT: "accepted",
    DeliveryStatus.FAILED: "failed",
    DeliveryStatus.DELIVERED: "delivered",
    DeliveryStatus.READ: "delivered",
}


def take(
    database: Database,
    keys: Keyring,
    tenant_id: uuid.UUID,
    report: SmsReport,
    deadline: Deadline | None = None,
) -> str:
    """Take one report for a tenant; again and in any order without harm. Answers what came of it,
    as `core.delivery.take_report` says. Raises Unavailable, OutcomeUnknown: have it sent again."""
    with database.transaction(tenant_id, deadline) as tx:
        return take_report(
            tx,
            provider=report.provider,
            provider_message_id=report.message_id,
            state=STATES[report.status],
            reason=report.failure or None,
            address_lookup=keys.lookup(PHONE, report.address) if report.address else None,
        )
