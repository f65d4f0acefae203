"""Callbacks that no screen answers: what they say is stored or logged, then acknowledged."""

import logging
import uuid
from collections.abc import Callable, Sequence

import msgspec

from app.webhooks.arrivals import NO_PURPOSES, Arrivals
from app.webhooks.chat_events import ChatEvents
from app.webhooks.wishes import Wishes
from core.analytics import costs
from core.db.database import Database
from core.inbox import inbox, long_texts
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from core.messaging.bills import Billed
from core.messaging.reports import Report, take_report
from core.payments import hints, payments
from core.payments.hints import Hint
from core.payments.matching import Purposes
from core.payments.outcomes import ProviderState
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Directory, Service
from menus.pins import without_pin
from providers.contracts.airtime import AirtimeAsked, AirtimeReport
from providers.contracts.chat import (
    AccountNotice,
    ChatInbound,
    ChatPreference,
    MessageChanged,
    Party,
    PartyChanged,
    TemplateState,
)
from providers.contracts.cost import Pricing
from providers.contracts.messages import (
    DeliveryReport,
    DeliveryStatus,
    SmsInbound,
    SmsOptOut,
    SmsPart,
    SmsSubscription,
)
from providers.contracts.payments import (
    ArrivalAsked,
    ArrivalRefusal,
    PaymentArrived,
    PaymentHint,
    in_minor_units,
)
from providers.contracts.ussd import UssdEnded
from providers.contracts.webhooks import Inbound
from values.alarms import raise_alarm
from values.ussd_codes import digits_after
from workers.chat.joined import incoming
from workers.sending.accounts import Accounts

log = logging.getLogger(__name__)

_STATES = {
    DeliveryStatus.QUEUED: "accepted",
    DeliveryStatus.SENT: "accepted",
    DeliveryStatus.FAILED: "failed",
    DeliveryStatus.DELIVERED: "delivered",
    DeliveryStatus.READ: "delivered",
}


class Callbacks:
    """Takes what callbacks say. Raises Unavailable where it cannot be stored."""

    def __init__(
        self,
        database: Database,
        keys: Keyring,
        directory: Directory,
        accounts: Accounts,
        knows: Sequence[Callable[[AirtimeAsked, Service], bool]] = (),
        *,
        purposes: Purposes = NO_PURPOSES,
    ) -> None:
        """`knows` say whether an order of airtime is ours; a domain that sells it brings one.
        `purposes` are what people pay for by hand."""
        self._database = database
        self._keys = keys
        self._directory = directory
        self._accounts = accounts
        self._chats = ChatEvents(database, keys, accounts)
        self._wishes = Wishes(database, keys, accounts)
        self._knows = tuple(knows)
        self._arrivals = Arrivals(database, keys, accounts, purposes)

    def store(self, event: Inbound, hook: Service) -> None:
        """Store what a callback to the hook of a service says; the end of a session is logged, and
        kept is what it cost."""
        match event:
            case DeliveryReport():
                self._report(event, hook)
            case SmsInbound():
                if not event.sender_is_phone:  # nobody is answered who is no phone
                    log.info("text from a sender that is no phone: service=%s", hook.code)
                    return
                content = Content(event.text, link_id=event.link_id)
                self._receive(event, Party(phone=event.address), content, hook)
            case SmsPart():
                self._part(event, hook)
            case ChatInbound():
                self._chat(event, hook)
            case SmsOptOut() | SmsSubscription():
                self._wishes.store(event, hook)
            case AirtimeReport():
                log.info(
                    "airtime: request=%s status=%s said=%s",
                    *(event.request_id, event.status.value, event.raw_status),
                )
            case UssdEnded():
                self._end(event, hook)
            case MessageChanged() | PartyChanged() | ChatPreference():
                service = self.addressed(event.to, hook)
                if service is not None:
                    self._chats.take(event, service)
            case PaymentHint() | PaymentArrived():
                self._money(event, hook)
            case TemplateState() | AccountNotice():
                self._chats.notice(event, hook)

    def _money(self, told: PaymentHint | PaymentArrived, hook: Service) -> None:
        if isinstance(told, PaymentArrived):
            self._arrivals.store(told, hook)
        else:
            self._payment(told, hook)

    def _payment(self, hint: PaymentHint, hook: Service) -> None:
        """What a callback says of a payment moves nothing: its status is asked for at once. What
        the status does not say is kept for then, also of a request whose answer is still to come.
        """
        with self._database.transaction(hook.tenant.id) as tx:
            found = None
            if hint.reference is not None:
                found = payments.by_reference(tx, hint.reference, hook.id)
            elif hint.provider_id:
                found = payments.by_provider_id(tx, hint.provider_id, hook.id)
            if hint.counts and hint.provider_id:
                amount = in_minor_units(hint.amount) if hint.amount else None
                hints.keep(
                    tx,
                    wallet_service_id=hook.id,
                    provider_id=hint.provider_id,
                    reference=hint.reference,
                    hint=Hint(ProviderState(hint.claims.value), hint.movement_id or "", amount),
                )
            if found is None:
                log.warning("callback of a payment that nobody knows: wallet=%s", hook.code)
                return
            payments.ask_now(tx, found)

    def is_ours(self, asked: AirtimeAsked, hook: Service) -> bool:
        """Whether an order of airtime is one that we have made. Of what nobody knows, no airtime is
        given, and an alarm says so: it may be somebody else's who has the account's key."""
        if any(knows(asked, hook) for knows in self._knows):
            return True
        raise_alarm(
            log,
            "airtime_unknown",
            hook.code,
            f"airtime that nobody here ordered was stopped: {asked.currency} {asked.amount}"
            f" transaction={asked.transaction_id}",
            tenant_id=hook.tenant.id,
        )
        return False

    def why_not(self, asked: ArrivalAsked, hook: Service) -> ArrivalRefusal | None:
        """Why somebody may not send this money; None where they may."""
        return self._arrivals.why_not(asked.would_arrive, hook)

    def addressed(self, to: str, hook: Service) -> Service | None:
        """The service that a message was sent to: it may be another one than the hook's, since one
        account has several numbers, of several tenants even. None where it is nobody's of that
        account: who knows the secret of one account speaks for no other."""
        if to in ("", hook.code, hook.wire_address):
            return hook
        for code in (to, f"+{to}") if to.isdigit() else (to,):
            found = self._directory.find(hook.provider, hook.channel, code)
            if found is not None and code in (found[0].code, found[0].wire_address):
                same = self._accounts.name(found[0]) == self._accounts.name(hook)
                return found[0] if same else None
        return None

    def _report(self, event: DeliveryReport, hook: Service) -> None:
        service = self.addressed(event.sender, hook) or hook
        take_report(
            self._database,
            service.tenant.id,
            Report(
                provider=event.provider,
                provider_message_id=event.message_id,
                state=_STATES.get(event.status),
                reason=_why(event),
                address_lookup=self._keys.lookup(USSD, event.address) if event.address else None,
                message_id=_message_id(event.reference),
                billed=_billed(event.pricing),
            ),
        )

    def _chat(self, event: ChatInbound, hook: Service) -> None:
        # Who answers in a group answers everybody; a reaction is a sign that all is well.
        if event.is_group or event.kind == "reaction":
            log.info("a %s that nobody answers: service=%s", event.kind, hook.code)
            return
        place = event.location
        content = Content(
            text=event.text,
            kind=event.kind,
            choice=event.choice,
            answers_id=event.answers_id,
            place=(place.latitude, place.longitude, place.name) if place else None,
            media=(
                (event.media.kind, event.media.reference, event.media.mime_type)
                if event.media
                else None
            ),
            phones=tuple(phone for contact in event.contacts for phone in contact.phones),
            is_own=bool(event.contacts) and all(contact.is_own for contact in event.contacts),
            items=tuple((item.product, item.quantity) for item in event.items),
        )
        self._receive(event, event.sender, content, hook)

    def _receive(
        self, told: SmsInbound | ChatInbound, sender: Party, content: Content, hook: Service
    ) -> None:
        """A message from a person is stored, and worked later."""
        service = self.addressed(told.to, hook)
        if service is None:
            log.warning("message to an address that is nobody's: hook of %s", hook.code)
            return
        keys = self._keys
        own = content.phones[0] if content.is_own and content.phones else ""
        with self._database.transaction(service.tenant.id) as tx:
            channel, address = self._chats.known_as(tx, sender, service, shared_number=own)
            expects = inbox.expects_pin(tx, keys, service.id, address, channel)
            text, had_pin = without_pin(_own_words(content.text, service), expected=expects)
            message = Incoming(
                told.provider,
                told.event_id,
                address,
                msgspec.structs.replace(content, text=text),
                had_pin,
                channel,
            )
            if not inbox.receive(tx, keys, service.id, message):
                log.info("copy of a message: service=%s", service.code)

    def _part(self, part: SmsPart, hook: Service) -> None:
        """A part of a long text is stored; with the last of them, the text is, too."""
        told = part.text
        if not told.sender_is_phone:
            log.info("text from a sender that is no phone: service=%s", hook.code)
            return
        service = self.addressed(told.to, hook)
        if service is None:
            log.warning("message to an address that is nobody's: hook of %s", hook.code)
            return
        with self._database.transaction(service.tenant.id) as tx:
            text, had_pin = without_pin(told.text, expected=False)
            kept = Incoming(told.provider, told.event_id, told.address, Content(text), had_pin)
            whole = long_texts.add(
                *(tx, self._keys, service.id, kept),
                reference=part.reference,
                total=part.total,
                number=part.number,
            )
            if whole is not None:
                inbox.receive(tx, self._keys, service.id, incoming(whole))

    def _end(self, event: UssdEnded, hook: Service) -> None:
        service = self.addressed(event.service_code, hook)
        if service is None and digits_after(hook.code, event.service_code) is None:
            log.warning("end of a session at a code that is nobody's: hook of %s", hook.code)
            return
        service = service or hook
        _log_end(event, service, self._keys)
        if event.cost is not None:
            costs.record(
                self._database.autocommit(service.tenant.id),
                kind="session",
                reference=self._keys.session(event.provider, service.code, event.session_id),
                service_id=service.id,
                amount=event.cost.amount,
                currency=event.cost.currency,
                zone=service.tenant.zone.key,
                network=event.network,
            )


def _message_id(reference: str) -> uuid.UUID | None:
    """Our own id of a text, where a report brings it back."""
    try:
        return uuid.UUID(reference)
    except ValueError:
        return None


def _billed(pricing: Pricing | None) -> Billed | None:
    if pricing is None:
        return None
    return Billed(pricing.is_billable, pricing.category, pricing.market)


def _why(event: DeliveryReport) -> str | None:
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


def _own_words(text: str, service: Service) -> str:
    """What was written behind the keyword, on a code that businesses share."""
    keyword = str(service.settings.get("keyword") or "")
    first, *rest = text.split(maxsplit=1) or ("",)
    return "".join(rest) if keyword and first.casefold() == keyword.casefold() else text
