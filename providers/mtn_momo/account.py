"""An account at MTN MoMo: its market, and what each product's calls show."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from typing import Final

from providers.contracts.messages import Account, Refused
from providers.contracts.payments import PaymentKind
from providers.transport import may_carry_secret

SANDBOX: Final = "sandbox"
SANDBOX_URL: Final = "https://sandbox.momodeveloper.mtn.com"
PRODUCTION_URL: Final = "https://proxy.momoapi.mtn.com"
# The target environment is the market, and a market pays in its own currency. The sandbox pays in
# EUR. Where a market has two, an account says which (`currency`).
CURRENCIES: Final = {
    SANDBOX: "EUR",
    "mtnbenin": "XOF",
    "mtncameroon": "XAF",
    "mtncongo": "XAF",
    "mtnghana": "GHS",
    "mtnguineaconakry": "GNF",
    "mtnivorycoast": "XOF",
    "mtnliberia": "LRD",
    "mtnnigeria": "NGN",
    "mtnrwanda": "RWF",
    "mtnsouthafrica": "ZAR",
    "mtnsouthsudan": "SSP",
    "mtnswaziland": "SZL",
    "mtnuganda": "UGX",
    "mtnzambia": "ZMW",
}


class Product(Enum):
    """What MTN sells apart: each has keys and tokens of its own."""

    COLLECTION = "collection"
    DISBURSEMENT = "disbursement"


# A refund is money of the disbursement wallet.
PLACES: Final = {
    PaymentKind.COLLECTION: (Product.COLLECTION, "requesttopay"),
    PaymentKind.DISBURSEMENT: (Product.DISBURSEMENT, "transfer"),
    PaymentKind.REFUND: (Product.DISBURSEMENT, "refund"),
}

_WORD = re.compile(r"[\x21-\x7e]+")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Credential:
    """What one product's calls show. `digest` names it without telling it."""

    user: str
    secret: str = field(repr=False)
    subscription_key: str = field(repr=False)

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()

    @property
    def digest(self) -> bytes:
        words = "\n".join((self.user, self.secret, self.subscription_key))
        return sha256(words.encode()).digest()


@dataclass(frozen=True, slots=True)
class MomoAccount:
    """An account whose settings can be used."""

    url: str
    environment: str
    currency: str
    credentials: dict[Product, Credential]

    @classmethod
    def read(cls, account: Account) -> MomoAccount:
        """`username` and `secret` are the API user and its key. Options: `environment` (the sandbox
        without it), `collection_key` and `disbursement_key` (subscription keys; a product without
        one is not used), `disbursement_user` and `disbursement_secret` (where that product has an
        API user of its own), `currency`. Raises Refused (bad_account)."""
        environment = account.option("environment", SANDBOX)
        currency = account.option("currency") or CURRENCIES.get(environment, "")
        base_url = account.base_url or (SANDBOX_URL if environment == SANDBOX else PRODUCTION_URL)
        credentials: dict[Product, Credential] = {}
        for product in Product:
            key = account.option(f"{product.value}_key")
            if key:
                user = account.option(f"{product.value}_user", account.username)
                secret = account.option(f"{product.value}_secret", account.secret)
                credentials[product] = Credential(user, secret, key)
        words = [word for c in credentials.values() for word in (c.user, c.secret)]
        words += [c.subscription_key for c in credentials.values()]
        if (
            not credentials
            or not all(_WORD.fullmatch(word) for word in [*words, environment])
            or any(":" in c.user for c in credentials.values())
            or not _CURRENCY.fullmatch(currency)
            or not may_carry_secret(base_url)
        ):
            raise Refused("bad_account", never_left=True, alarm=True)
        return cls(base_url.rstrip("/"), environment, currency, credentials)

    def credential(self, product: Product) -> Credential:
        """Raises Refused (bad_account) where the account has no key for the product."""
        credential = self.credentials.get(product)
        if credential is None:
            raise Refused("bad_account", never_left=True, alarm=True)
        return credential
