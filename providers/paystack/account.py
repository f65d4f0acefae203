"""An account at Paystack: its country, its key, and what a network is called there."""

from __future__ import annotations

from typing import Final, NamedTuple, Self

from providers.contracts.messages import Account
from providers.mobile_money.keyed import KeyedAccount
from providers.mobile_money.networks import AT, MPESA, MTN, TELECEL, network_in
from providers.mobile_money.wire import digits, national

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


class PaystackAccount(KeyedAccount[Market]):
    """An account whose settings can be used."""

    @classmethod
    def read(cls, account: Account) -> Self:
        """The `country` is GH or KE. Raises Refused (bad_account)."""
        return cls.in_one_of(MARKETS, URL, account)

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
        return network_in(networks, digits(number), said or only)
