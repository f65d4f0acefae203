"""Callbacks that no screen answers: what they say is stored or logged, then acknowledged."""

import logging

from core.analytics import costs
from core.db.database import Database
from core.messaging.reports import Report, take_report
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Service
from providers.contracts.messages import DeliveryStatus, SmsReport
from providers.contracts.ussd import UssdEnded
from providers.contracts.webhooks import Inbound
from values.alarms import raise_alarm

log = logging.getLogger(__name__)

_STATES = {
    DeliveryStatus.QUEUED: "accepted",
    DeliveryStatus.SENT: "accepted",
    DeliveryStatus.FAILED: "failed",
    DeliveryStatus.DELIVERED: "delivered",
    DeliveryStatus.READ: "delivered",
}


def store(told: Inbound, service: Service, database: Database, keys: Keyring) -> None:
    """Store what a callback says; the end of a session is logged, and kept is what it cost. Raises
    Unavailable."""
    match told:
        case SmsReport():
            take_report(
                database,
                service.tenant.id,
                Report(
                    provider=told.provider,
                    provider_message_id=told.message_id,
                    state=_STATES.get(told.status),
                    reason=_why(told),
                    address_lookup=keys.lookup(USSD, told.address) if told.address else None,
                ),
            )
        case UssdEnded():
            _log_end(told, service, keys)
            if told.cost is not None:
                costs.record(
                    database.autocommit(service.tenant.id),
                    kind="session",
                    reference=keys.session(told.provider, service.code, told.session_id),
                    service_id=service.id,
                    amount=told.cost.amount,
                    currency=told.cost.currency,
                    zone=service.tenant.zone.key,
                    network=told.network,
                )


def _why(told: SmsReport) -> str | None:
    """The reason that was given, or for a failure without one its word: Expired says why."""
    return told.failure or (told.raw_status if told.status is DeliveryStatus.FAILED else None)


def _log_end(told: UssdEnded, service: Service, keys: Keyring) -> None:
    """A line for the operator: whom it was and what was typed is not in it. `session` is as the
    turn log has it, and '-' stands for what the gateway did not say."""
    log.info(
        "session ended: service=%s session=%s status=%s hops=%s duration_ms=%s cost=%s currency=%s"
        " network=%s",
        service.code,
        keys.session(told.provider, service.code, told.session_id),
        told.status,
        "-" if told.hops is None else told.hops,
        "-" if told.duration_ms is None else told.duration_ms,
        "-" if told.cost is None else told.cost.amount,
        (told.cost and told.cost.currency) or "-",
        told.network or "-",
    )
    if told.status == "failed":
        # The gateway could not use our own answer: the best alarm there is.
        raise_alarm(
            log,
            "screen_refused",
            service.code,
            f"gateway refused our screen: service={service.code} began={told.reply_prefix}"
            f" chars={told.reply_chars}",
            tenant_id=service.tenant.id,
        )
