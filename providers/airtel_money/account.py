"""An account at Airtel Money: its country, and what is known of the wire there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

from providers.airtel_money.seals import PADDINGS
from providers.contracts.messages import Account
from providers.mobile_money.wire import bad_account
from providers.transport import may_carry_secret

PRODUCTION_URL: Final = "https://openapi.airtel.africa"
STAGING_URL: Final = "https://openapiuat.airtel.africa"


class Market(NamedTuple):
    """A country: its money, and what stands before a number of it."""

    currency: str
    calling_code: str
    # Hosts of its own, where it has any: production, staging.
    hosts: tuple[str, str] = (PRODUCTION_URL, STAGING_URL)


def _own(domain: str) -> tuple[str, str]:
    return f"https://openapi.airtel.{domain}", f"https://openapiuat.airtel.{domain}"


MARKETS: Final = {
    "CD": Market("CDF", "243"),
    "CG": Market("XAF", "242"),
    "GA": Market("XAF", "241"),
    "KE": Market("KES", "254"),
    "MG": Market("MGA", "261", _own("mg")),
    "MW": Market("MWK", "265", _own("mw")),
    "NE": Market("XOF", "227"),
    "RW": Market("RWF", "250", _own("co.rw")),
    "SC": Market("SCR", "248"),
    "TD": Market("XAF", "235", _own("td")),
    "TZ": Market("TZS", "255"),
    "UG": Market("UGX", "256", _own("ug")),
    "ZM": Market("ZMW", "260", _own("co.zm")),
}

_WORD = re.compile(r"[\x21-\x7e]{1,256}")
_PIN = re.compile(r"[0-9]{4,8}")


@dataclass(frozen=True, slots=True)
class AirtelAccount:
    """An account whose settings can be used. `digest` names its credential without telling it."""

    url: str
    country: str
    currency: str
    calling_code: str
    trunk: str
    client_id: str
    secret: str = field(repr=False)
    pin: str = field(repr=False)
    public_key: str = field(repr=False)
    padding: str
    signs: bool

    @classmethod
    def read(cls, account: Account) -> AirtelAccount:
        """`username` and `secret` are the client's id and secret. Options: `country` (RW, UG, …),
        `staging` (a true one takes the test host), `pin` (payouts need it), `public_key`
        (Airtel's; without it Airtel is asked for it), `pin_padding`, `signs` (a true one seals
        bodies), and `trunk`, the digit that a market may want before a national number. Raises
        Refused (bad_account)."""
        country = account.option("country")
        market = MARKETS.get(country)
        pin, padding = account.option("pin"), account.option("pin_padding", "pkcs1")
        trunk = account.option("trunk")
        if (
            market is None
            or not all(map(_WORD.fullmatch, (account.username, account.secret)))
            or (pin and not _PIN.fullmatch(pin))
            or padding not in PADDINGS
            or trunk not in ("", "0")
        ):
            raise bad_account()
        url = account.base_url or market.hosts[1 if account.option("staging") else 0]
        if not may_carry_secret(url):
            raise bad_account()
        return cls(
            *(url.rstrip("/"), country, market.currency, market.calling_code, trunk),
            *(account.username, account.secret, pin, account.option("public_key"), padding),
            signs=bool(account.option("signs")),
        )

    @property
    def digest(self) -> bytes:
        return sha256(f"{self.client_id}\n{self.secret}".encode()).digest()
