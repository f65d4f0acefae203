"""Callbacks that no screen answers: what they say is stored or logged, then acknowledged."""

import logging

from core.analytics import costs
from core.db.database import Database
from core.inbox import inbox
from core.inbox.inbox import Incoming
from core.messaging.reports import Report, take_report
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Service
from menus.pins import without_pin
from providers.contracts.messages import DeliveryStatus, SmsInbound, SmsReport
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


def store(event: Inbound, service: Service, database: Database, keys: Keyring) -> None:
    """Store what a callback says; the end of a session is logged, and kept is what it cost. Raises
    Unavailable."""
    match event:
        case SmsReport():
            take_report(
                database,
                service.tenant.id,
                Report(
                    provider=event.provider,
                    provider_message_id=event.message_id,
                    state=_STATES.get(event.status),
                    reason=_why(event),
                    address_lookup=keys.lookup(USSD, event.address) if event.address else None,
                ),
            )
        case SmsInbound():
            _receive(event, service, database, keys)
        case UssdEnded():
            _log_end(event, service, keys)
            if event.cost is not None:
                costs.record(
                    database.autocommit(service.tenant.id),
                    kind="session",
                    reference=keys.session(event.provider, service.code, event.session_id),
                    service_id=service.id,
                    amount=event.cost.amount,
                    currency=event.cost.currency,
                    zone=service.tenant.zone.key,
                    network=event.network,
                )


def _receive(event: SmsInbound, service: Service, database: Database, keys: Keyring) -> None:
    """A text from a person is stored, and worked later. Nobody is answered who is no phone."""
    if not event.sender_is_phone:
        log.info("text from a sender that is no phone: service=%s", service.code)
        return
    with database.transaction(service.tenant.id) as tx:
        expects = inbox.expects_pin(tx, keys, service.id, event.address)
        text, had_pin = without_pin(event.text, expected=expects)
        message = Incoming(event.provider, event.event_id, event.address, text, had_pin)
        if not inbox.receive(tx, keys, service.id, message):
            log.info("copy of a text: service=%s", service.code)


def _why(event: SmsReport) -> str | None:
    """The reason that was given, or for a failure without one its word: Expired says why."""
    return event.failure or (event.raw_status if event.status is DeliveryStatus.FAILED else None)


def _log_end(event: UssdEnded, service: Service, keys: Keyring) -> None:
    """A line for the operator: whom it was and what was typed is not in it. `session` is as the
    turn log has it, and '-' stands for what the gateway did not say."""
    log.info(
        "session ended: service=%s session=%s status=%s hops=%s duration_ms=%s cost=%s currency=%s"
        " network=%s",
        service.code,
        keys.session(event.provider, service.code, event.session_id),
        event.status,
        "-" if event.hops is None else event.hops,
        "-" if event.duration_ms is None else event.duration_ms,
        "-" if event.cost is None else event.cost.amount,
        (event.cost and event.cost.currency) or "-",
        event.network or "-",
    )
    if event.status == "failed":
        # The gateway could not use our own answer: the best alarm there is.
        raise_alarm(
            log,
            "screen_refused",
            service.code,
            f"gateway refused our screen: service={service.code} began={event.reply_prefix}"
            f" chars={event.reply_chars}",
            tenant_id=service.tenant.id,
        )
