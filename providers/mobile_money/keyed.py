"""Providers of several countries and networks that one secret key opens: accounts and requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Generic, Self, TypeVar

import requests

from providers.contracts.messages import Account
from providers.mobile_money.wire import Wire, bad_account, encoded
from providers.transport import may_carry_secret

Market = TypeVar("Market")
_KEY = re.compile(r"[\x21-\x7e]{1,256}")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class KeyedAccount(Generic[Market]):
    """An account whose settings can be used, in a market of the provider's."""

    url: str
    key: str = field(repr=False)
    market: Market
    email_domain: str

    @classmethod
    def in_one_of(cls, markets: Mapping[str, Market], url: str, account: Account) -> Self:
        """`username` is a name of our own, `secret` the secret key. Options: `country`, one of
        `markets`, and `email_domain`, a domain of ours: each charge needs an address of the payer.
        `url` is where requests go without a `base_url`. Raises Refused (bad_account)."""
        market = markets.get(account.option("country"))
        url, domain = account.base_url or url, account.option("email_domain")
        words = (account.username, account.secret)
        if (
            market is None
            or not all(map(_KEY.fullmatch, words))
            or not _DOMAIN.fullmatch(domain)
            or not may_carry_secret(url)
        ):
            raise bad_account()
        return cls(url.rstrip("/"), account.secret, market, domain)

    def email_of(self, payer: str) -> str:
        """An address for a payer, who has none: the same each time, so that they are one customer
        there."""
        return f"{sha256(payer.encode()).hexdigest()[:24]}@{self.email_domain}"


class KeyedWire(Wire):
    """Requests that show the key of an account."""

    def __init__(self, account: Account, read: KeyedAccount[Any]) -> None:
        super().__init__(account, read.url)
        self._headers = {"Authorization": f"Bearer {read.key}"}

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        message_id: str | None = None,
    ) -> requests.Response:
        """One request, with a body in JSON. Raises NotSent, Refused or OutcomeUnknown."""
        sent = encoded(body) if body is not None else None
        return self.ask(method, path, self._headers, sent, message_id=message_id)
