"""An account at Paystack: its country, its key, and what a network is called there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from providers.contracts.messages import Account, Refused, Scope
from providers.mobile_money.networks import AT, MPESA, MTN, TELECEL, network_of
from providers.mobile_money.wire import bad_account, digits, national
from providers.transport import may_carry_secret

URL: Final = "https://api.paystack.co"


class Market(NamedTuple):
    """A country: its money, and its networks as charges and as recipients name them."""

    currency: str
    calling_code: str
    networks: dict[str, tuple[str, str]]


MARKETS: Final = {
    "GH": Market("GHS", "233", {MTN: ("mtn", "MTN"), TELECEL: ("vod", "VOD"), AT: ("atl", "ATL")}),
    "KE": Market("KES", "254", {MPESA: ("mpesa", "MPESA")}),
}
_KEY = re.compile(r"[\x21-\x7e]{1,256}")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class PaystackAccount:
    """An account whose settings can be used."""

    url: str
    key: str = field(repr=False)
    market: Market
    email_domain: str

    @classmethod
    def read(cls, account: Account) -> PaystackAccount:
        """`username` is a name of our own, `secret` the secret key. Options: `country` (GH or KE)
        and `email_domain`, a domain of ours: each charge needs an address of the payer. Raises
        Refused (bad_account)."""
        market = MARKETS.get(account.option("country"))
        url, domain = account.base_url or URL, account.option("email_domain")
        words = (account.username, account.secret)
        if market is None or not all(map(_KEY.fullmatch, words)) or not _DOMAIN.fullmatch(domain):
            raise bad_account()
        if not may_carry_secret(url):
            raise bad_account()
        return cls(url.rstrip("/"), account.secret, market, domain)

    def phone(self, number: str) -> str:
        """As Paystack takes it: national with its zero, and in Kenya with a plus."""
        if self.market.currency == "KES":
            national(number, self.market.calling_code)  # of this country
            return number
        return national(number, self.market.calling_code, trunk="0")

    def network(self, number: str, said: str) -> tuple[str, str]:
        """How charges and recipients name the person's network. Raises Refused."""
        networks = self.market.networks
        only = next(iter(networks)) if len(networks) == 1 else ""
        found = networks.get(network_of(digits(number), said or only))
        if found is None:
            raise Refused("unknown_network", never_left=True, scope=Scope.TEXT)
        return found
