"""An account at Hubtel: its two wallets, their hosts, and what a network is called there."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Final

from providers.contracts.messages import Account
from providers.mobile_money.networks import AT, MTN, TELECEL, network_in
from providers.mobile_money.wire import bad_account, national
from providers.transport import may_carry_secret

CALLING_CODE: Final = "233"
# Where money is asked for, where it is paid out, and where each is asked about.
RECEIVE, SEND, RECEIVED, SENT, PEOPLE = "receive", "send", "received", "sent", "people"
HOSTS: Final = {
    RECEIVE: "https://rmp.hubtel.com",
    RECEIVED: "https://api-txnstatus.hubtel.com",
    SEND: "https://smp.hubtel.com",
    SENT: "https://smrsc.hubtel.com",
    PEOPLE: "https://rnv.hubtel.com",
}
CHANNELS: Final = {MTN: "mtn-gh", TELECEL: "vodafone-gh", AT: "tigo-gh"}
_WORD = re.compile(r"[\x21-\x7e]{1,256}")
_WALLET = re.compile(r"[A-Za-z0-9]{1,32}")


@dataclass(frozen=True, slots=True)
class HubtelAccount:
    """An account whose settings can be used."""

    basic: str = field(repr=False)
    base_url: str
    pos_sales_id: str
    prepaid_deposit_id: str

    @classmethod
    def read(cls, account: Account) -> HubtelAccount:
        """`username` and `secret` are the API's id and key. Options: `pos_sales_id` (money comes
        in there) and `prepaid_deposit_id` (payouts leave from there); an account may have one of
        them. `base_url` stands for every host. Raises Refused (bad_account)."""
        words = (account.username, account.secret)
        wallets = [account.option(name) for name in ("pos_sales_id", "prepaid_deposit_id")]
        if (
            not all(map(_WORD.fullmatch, words))
            or ":" in account.username
            or not any(wallets)
            or not all(_WALLET.fullmatch(wallet) for wallet in wallets if wallet)
            or not may_carry_secret(account.base_url or HOSTS[RECEIVE])
        ):
            raise bad_account()
        basic = base64.b64encode(":".join(words).encode()).decode()
        return cls(f"Basic {basic}", account.base_url or "", *wallets)

    def host(self, what: str) -> str:
        return self.base_url or HOSTS[what]

    def wallet(self, what: str) -> str:
        """Raises Refused (bad_account) where the account has no such wallet."""
        found = self.prepaid_deposit_id if what in (SEND, SENT) else self.pos_sales_id
        if not found:
            raise bad_account()
        return found


def msisdn(number: str) -> str:
    """Digits with the country code; of Ghana only. Raises Refused."""
    return CALLING_CODE + national(number, CALLING_CODE)


def channel(number: str, said: str) -> str:
    """How Hubtel calls the person's network. Raises Refused."""
    return network_in(CHANNELS, msisdn(number), said)
