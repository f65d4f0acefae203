"""What a provider says of people in chats, of our templates and of our account, beside messages."""

import logging
import uuid
from dataclasses import replace

from core.db.database import Database, Tx
from core.inbox import corrections, party_changes
from core.inbox.corrections import Correction
from core.inbox.party_changes import Known
from core.messaging import optouts, templates
from core.messaging.optouts import Source
from core.messaging.templates import APPROVED, DISABLED, REJECTED, Told
from core.people import identities
from core.security.keyring import Keyring
from core.tenants.directory import Service, all_services
from menus.pins import without_pin
from providers.contracts.chat import (
    AccountNotice,
    ChatPreference,
    MessageChanged,
    Party,
    PartyChanged,
    TemplateState,
)
from values.alarms import raise_alarm
from workers.sending.accounts import Accounts
from workers.sending.parties import WHATSAPP, address_of

log = logging.getLogger(__name__)


class ChatEvents:
    """Takes them. Raises Unavailable where they cannot be stored."""

    def __init__(self, database: Database, keys: Keyring, accounts: Accounts) -> None:
        self._database = database
        self._keys = keys
        self._accounts = accounts

    def known_as(
        self, tx: Tx, sender: Party, service: Service, *, shared_number: str = ""
    ) -> tuple[str, str]:
        """The channel of addresses and the identifier under which somebody is known who wrote to a
        service. `shared_number` is their own, provably, which the wire itself hides."""
        if not sender.user_id:
            return address_of(sender)
        return identities.meet(
            tx,
            self._keys,
            WHATSAPP,
            self._own_id(sender, service),
            number=sender.phone or shared_number,
            source="wire" if sender.phone or not shared_number else "contact",
        )

    def _own_id(self, party: Party, service: Service) -> str:
        """An id means a person within a portfolio: the one that the account names, since a webhook
        names a part of it only."""
        if not party.user_id:
            return ""
        portfolio = self._accounts.account(service).option("portfolio") or party.portfolio
        return address_of(replace(party, phone="", portfolio=portfolio))[1]

    def take(self, event: MessageChanged | PartyChanged | ChatPreference, service: Service) -> None:
        """What is said of a person at this service."""
        with self._database.transaction(service.tenant.id) as tx:
            match event:
                case MessageChanged():
                    self._correct(tx, event, service)
                case PartyChanged():
                    self._party_changed(tx, event, service)
                case ChatPreference():
                    self._wish(tx, event, service)

    def _correct(self, tx: Tx, event: MessageChanged, service: Service) -> None:
        channel, address = self.known_as(tx, event.sender, service)
        text, had_pin = event.text, False
        if text is not None:
            text, had_pin = without_pin(text, expected=False)
        change = Correction(event.provider, event.original_id, text, had_pin)
        lookup = self._keys.lookup(channel, address)
        if not corrections.correct(tx, self._keys, service.id, lookup, change):
            log.info("a message was changed after it was answered: service=%s", service.code)

    def _party_changed(self, tx: Tx, event: PartyChanged, service: Service) -> None:
        is_news = party_changes.party_changed(
            tx,
            self._keys,
            provider=event.provider,
            event_id=event.event_id,
            before=self._known(event.before, service),
            now=self._known(event.now, service),
            at=event.at,
        )
        if is_news:
            log.info("somebody has another number, id or phone: service=%s", service.code)

    def _known(self, party: Party, service: Service) -> Known:
        return Known(WHATSAPP, party.phone, self._own_id(party, service))

    def _wish(self, tx: Tx, event: ChatPreference, service: Service) -> None:
        """Of bulk alone, whatever the category is called: what somebody waits for goes on."""
        channel, address = self.known_as(tx, event.sender, service)
        change = optouts.opt_in if event.wants else optouts.opt_out
        change(
            tx,
            self._keys,
            address,
            sender=service.code,
            source=Source.PROVIDER,
            channel=channel,
        )

    def notice(self, event: TemplateState | AccountNotice, hook: Service) -> None:
        """What is said of the account whose hook it came to."""
        if isinstance(event, AccountNotice):
            raise_alarm(
                log,
                "provider_notice",
                f"{event.provider} {event.account} {event.kind}",
                f"{event.provider} says of the account {event.account}: {event.kind}"
                f" {event.detail}".rstrip(),
            )
            return
        told = Told(event.provider, event.name, event.language, event.state, event.reason, event.at)
        news = False
        for tenant_id in self._tenants_of(hook):
            with self._database.transaction(tenant_id) as tx:
                news = templates.note(tx, told) or news
        state = templates.state_of(event.state)
        if not news:
            return
        sentence = f"{event.provider}: the template {event.name} ({event.language}) is {state}"
        if state in (DISABLED, REJECTED):
            subject = f"{event.provider} {event.name} {event.language}"
            raise_alarm(log, "template_disabled", subject, f"{sentence} {event.reason}".rstrip())
        else:
            log.log(logging.INFO if state == APPROVED else logging.WARNING, "%s", sentence)

    def _tenants_of(self, hook: Service) -> set[uuid.UUID]:
        """Who sends by the account of a hook: all of them have the same templates."""
        name = self._accounts.name(hook)
        return {
            service.tenant.id
            for service in all_services(self._database)
            if service.provider == hook.provider and self._accounts.name(service) == name
        }
