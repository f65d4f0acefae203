"""An account at Flutterwave: its country, its key, and what charges and networks are called."""

from __future__ import annotations

from typing import Final, NamedTuple, Self

from providers.contracts.messages import Account
from providers.mobile_money.keyed import KeyedAccount
from providers.mobile_money.networks import AT, MPESA, MTN, TELECEL, network_in
from providers.mobile_money.wire import national

URL: Final = "https://api.flutterwave.com"
AIRTEL: Final = "airtel"


class Market(NamedTuple):
    """A country: its money, its charge, and its networks as charges and as transfers name them. A
    charge of '' names none."""

    currency: str
    calling_code: str
    charge: str
    networks: dict[str, tuple[str, str]]


MARKETS: Final = {
    "GH": Market(
        *("GHS", "233", "mobile_money_ghana"),
        {MTN: ("MTN", "MTN"), TELECEL: ("VODAFONE", "VODAFONE"), AT: ("TIGO", "TIGO")},
    ),
    "KE": Market("KES", "254", "mpesa", {MPESA: ("", "MPS")}),
    "RW": Market("RWF", "250", "mobile_money_rwanda", {MTN: ("MTN", "MPS"), AIRTEL: ("", "MPS")}),
    "UG": Market(
        "UGX", "256", "mobile_money_uganda", {MTN: ("MTN", "MPS"), AIRTEL: ("AIRTEL", "MPS")}
    ),
}


class FlutterwaveAccount(KeyedAccount[Market]):
    """An account whose settings can be used."""

    @classmethod
    def read(cls, account: Account) -> Self:
        """The `country` is GH, KE, RW or UG. Raises Refused (bad_account)."""
        return cls.in_one_of(MARKETS, URL, account)

    def phone(self, number: str) -> str:
        """Digits with the country code; of this country only. Raises Refused."""
        return self.market.calling_code + national(number, self.market.calling_code)

    def network(self, number: str, said: str) -> tuple[str, str]:
        """How charges and transfers name the person's network. Where the country's prefixes are
        not known here, and nobody said it, a charge names none. Raises Refused."""
        networks = self.market.networks
        if self.market.currency != "GHS" and not said:
            return "", next(iter(networks.values()))[1]
        return network_in(networks, self.phone(number), said)
