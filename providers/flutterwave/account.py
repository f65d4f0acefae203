"""An account at Flutterwave: its country, its key, and what charges and networks are called."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from providers.contracts.messages import Account, Refused, Scope
from providers.mobile_money.networks import AT, MPESA, MTN, TELECEL, network_of
from providers.mobile_money.wire import bad_account, national
from providers.transport import may_carry_secret

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
_KEY = re.compile(r"[\x21-\x7e]{1,256}")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class FlutterwaveAccount:
    """An account whose settings can be used."""

    url: str
    key: str = field(repr=False)
    market: Market
    email_domain: str

    @classmethod
    def read(cls, account: Account) -> FlutterwaveAccount:
        """`username` is a name of our own, `secret` the secret key. Options: `country` (GH, KE, RW
        or UG) and `email_domain`, a domain of ours: each charge needs an address of the payer.
        Raises Refused (bad_account)."""
        market = MARKETS.get(account.option("country"))
        url, domain = account.base_url or URL, account.option("email_domain")
        words = (account.username, account.secret)
        if market is None or not all(map(_KEY.fullmatch, words)) or not _DOMAIN.fullmatch(domain):
            raise bad_account()
        if not may_carry_secret(url):
            raise bad_account()
        return cls(url.rstrip("/"), account.secret, market, domain)

    def phone(self, number: str) -> str:
        """Digits with the country code; of this country only. Raises Refused."""
        return self.market.calling_code + national(number, self.market.calling_code)

    def network(self, number: str, said: str) -> tuple[str, str]:
        """How charges and transfers name the person's network. Where the country's prefixes are
        not known here, and nobody said it, a charge names none. Raises Refused."""
        networks = self.market.networks
        if self.market.currency != "GHS" and not said:
            return "", next(iter(networks.values()))[1]
        found = networks.get(network_of(self.phone(number), said))
        if found is None:
            raise Refused("unknown_network", never_left=True, scope=Scope.TEXT)
        return found
