"""What an account at Africa's Talking has left, by the SDK's own question for it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

import requests

from providers.contracts.balances import BalanceLeft
from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused
from providers.limits import CONNECT_TIMEOUT_S, READ_TIMEOUT_S
from providers.simulator.loopback import is_loopback_host
from providers.transport import failure, may_carry_secret, session

LIVE_URL: Final = "https://api.africastalking.com"
_SAID: Final = re.compile(r"([A-Z]{3}) (-?[0-9]{1,15}(?:\.[0-9]{1,8})?)")


class AccountBalance:
    """Asks for one account. Raises Refused (code bad_account) when its settings cannot be used."""

    def __init__(self, account: Account) -> None:
        self._url = (account.base_url or LIVE_URL).rstrip("/")
        if not account.username or not account.secret or not may_carry_secret(self._url):
            raise Refused("bad_account", never_left=True, alarm=True)
        self._account = account

    def balances(self) -> list[BalanceLeft]:
        """Raises NotSent, Refused or OutcomeUnknown."""
        account = self._account
        failed: Exception
        try:
            with session(trust_env=not is_loopback_host(urlsplit(self._url).hostname or "")) as one:
                answer = one.get(
                    f"{self._url}/version1/user",
                    params={"username": account.username},
                    headers={"apiKey": account.secret, "Accept": "application/json"},
                    timeout=(
                        account.connect_timeout_s or CONNECT_TIMEOUT_S,
                        account.read_timeout_s or READ_TIMEOUT_S,
                    ),
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            failed = failure(error)
        else:
            return [_read(answer)]
        # Raised out here, so that no cause quotes the address.
        raise failed


def _read(answer: requests.Response) -> BalanceLeft:
    if answer.status_code in (401, 403):
        raise Refused("unauthorized", alarm=True)
    if answer.status_code != 200:
        raise NotSent(f"http_{answer.status_code}")
    try:
        said = answer.json()["UserData"]["balance"]
    except (ValueError, KeyError, TypeError):
        said = None
    found = _SAID.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        raise OutcomeUnknown("unreadable_answer")
    return BalanceLeft(Decimal(found[2]), found[1])
