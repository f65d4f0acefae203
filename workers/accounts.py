"""With which credential a service's texts are sent, and under which name.

In a demo it is the fakes' (any key will do there). Otherwise a tenant's own, kept encrypted in its
settings:  "accounts": {"africastalking": {"username": "…", "key_sealed": "<base64>"}}
or else the installation's.
"""

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.secrets import Keyring
from core.tenants import Service
from providers import registry
from providers.contract import Account, Refused, Sender, UnknownProvider

# Where each company's side stands in the fakes' process.
FAKES = {"africastalking": "/at"}


@dataclass(frozen=True, slots=True)
class Way:
    """How a text of a service goes out. `account` is what a pause is kept by: never the secret."""

    provider: str
    account: str
    sender_id: str | None
    sender: Sender


@dataclass(slots=True)
class Accounts:
    """Finds the way out for a service. Senders hold no state, so each is made once."""

    keys: Keyring
    fakes_url: str = ""
    installation: Mapping[str, Account] = field(default_factory=dict)
    _senders: dict[tuple[str, Account], Sender] = field(default_factory=dict)

    # A changed credential leaves its old sender behind; forget them all now and then.
    KEPT_MAXIMUM = 1_000

    def way(self, service: Service) -> Way:
        """Raises Refused (bad_account) when there is no usable credential."""
        name = str(service.settings.get("sms_provider") or service.provider)
        account = self._account(service, name)
        sender_id = service.settings.get("sms_sender") or service.tenant.settings.get("sms_sender")
        return Way(
            provider=name,
            account=f"{name}:{account.username}",
            sender_id=str(sender_id) if sender_id else None,
            sender=self._sender(name, account),
        )

    def _sender(self, name: str, account: Account) -> Sender:
        known = self._senders.get((name, account))
        if known is None:
            try:
                make = registry.find(name).sender
            except UnknownProvider:
                make = None
            if make is None:
                raise Refused("bad_account", never_left=True, alarm=True)
            if len(self._senders) >= self.KEPT_MAXIMUM:
                self._senders.clear()
            known = self._senders[name, account] = make(account)
        return known

    def _account(self, service: Service, name: str) -> Account:
        if self.fakes_url and name in FAKES:
            # The fake calls back by account: the one named like the tenant.
            return Account(service.tenant.slug, "demo", base_url=self.fakes_url + FAKES[name])
        own = service.tenant.settings.get("accounts", {}).get(name)
        if own is None:
            account = self.installation.get(name)
            if account is None:
                raise Refused("bad_account", never_left=True, alarm=True)
            return account
        try:
            secret = self.keys.open(base64.b64decode(own["key_sealed"]), service.tenant.id.bytes)
            return Account(str(own["username"]), secret)
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise Refused("bad_account", never_left=True, alarm=True) from None


def seal_secret(keys: Keyring, tenant_id: uuid.UUID, secret: str) -> str:
    """A credential as it stands in a tenant's settings."""
    return base64.b64encode(keys.seal(secret, tenant_id.bytes)).decode()
