"""An account at Daraja: the shortcode, and what each request shows."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from providers.contracts.messages import Account
from providers.mobile_money.wire import bad_account
from providers.transport import may_carry_secret

PRODUCTION_URL: Final = "https://api.safaricom.co.ke"
SANDBOX_URL: Final = "https://sandbox.safaricom.co.ke"
_WORD = re.compile(r"[\x21-\x7e]{1,512}")
_SHORTCODE = re.compile(r"[0-9]{5,8}")


@dataclass(frozen=True, slots=True)
class DarajaAccount:
    """An account whose settings can be used. `digest` names its credential without telling it."""

    url: str
    basic: str = field(repr=False)
    shortcode: str
    till: str
    passkey: str = field(repr=False)
    payout_shortcode: str
    initiator: str
    security_credential: str = field(repr=False)

    @classmethod
    def read(cls, account: Account) -> DarajaAccount:
        """`username` and `secret` are the consumer key and secret. Options: `shortcode`, `passkey`
        (prompts need it), `till` (where money goes to a till and not to the paybill), `staging` (a
        true one takes the sandbox), `initiator` and `security_credential` (payouts need them; the
        credential is the initiator's password as the portal encrypts it), `payout_shortcode` (where
        payouts leave from another). Raises Refused (bad_account)."""
        shortcode, till = account.option("shortcode"), account.option("till")
        payouts = account.option("payout_shortcode", shortcode)
        secrets = [account.option(name) for name in ("passkey", "initiator", "security_credential")]
        url = account.base_url or (SANDBOX_URL if account.option("staging") else PRODUCTION_URL)
        if (
            not all(map(_WORD.fullmatch, (account.username, account.secret)))
            or ":" in account.username
            or not all(
                _SHORTCODE.fullmatch(each) for each in (shortcode, till or shortcode, payouts)
            )
            or not all(_WORD.fullmatch(each) for each in secrets if each)
            or not may_carry_secret(url)
        ):
            raise bad_account()
        basic = base64.b64encode(f"{account.username}:{account.secret}".encode()).decode()
        passkey, initiator, credential = secrets
        return cls(
            *(url.rstrip("/"), f"Basic {basic}", shortcode, till, passkey),
            *(payouts, initiator, credential),
        )

    @property
    def digest(self) -> bytes:
        return sha256(self.basic.encode()).digest()
