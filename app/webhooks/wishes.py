"""What a provider tells us of somebody's wish for texts: an opt-out, a subscription that ends."""

import logging

from core.db.database import Database
from core.messaging import optouts
from core.messaging.optouts import Source
from core.security.keyring import Keyring
from core.tenants.directory import Service, all_services
from providers.contracts.messages import SmsOptOut, SmsSubscription
from workers.sending.accounts import Accounts

log = logging.getLogger(__name__)


class Wishes:
    """Keeps them for the tenant whose sender id is meant. Raises Unavailable."""

    def __init__(self, database: Database, keys: Keyring, accounts: Accounts) -> None:
        self._database = database
        self._keys = keys
        self._accounts = accounts

    def store(self, event: SmsOptOut | SmsSubscription, hook: Service) -> None:
        """A subscription is to a keyword, so that who leaves one goes on with the others."""
        if isinstance(event, SmsOptOut):
            sender, change, told = event.sender, optouts.opt_out, event.sender
        else:
            sender = event.short_code
            change = optouts.opt_in if event.is_added else optouts.opt_out
            told = f"{sender} {event.keyword}"
        service = self._whose(sender, hook)
        if service is None:
            log.warning("opt-out from a sender that is nobody's: hook of %s", hook.code)
            return
        with self._database.transaction(service.tenant.id) as tx:
            change(tx, self._keys, event.address, sender=told, source=Source.PROVIDER)

    def _whose(self, sender: str, hook: Service) -> Service | None:
        """A service of the tenant that texts under this sender id. An account tells all opt-outs
        to one hook, whichever tenant's they are; but who knows the secret of one account speaks
        for no other. None where it is nobody's of that account."""
        if sender.lower() in _senders(hook):
            return hook
        account = self._accounts.name(hook)
        for service in all_services(self._database):
            if service.provider == hook.provider and sender.lower() in _senders(service):
                return service if self._accounts.name(service) == account else None
        return None


def _senders(service: Service) -> tuple[str, str]:
    return service.code.lower(), str(service.tenant.settings.get("sms_sender", "")).lower()
