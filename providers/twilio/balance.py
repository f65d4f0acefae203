"""What an account at Twilio has left, by Twilio's own client."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import requests
from twilio.base.exceptions import TwilioException

from providers.contracts.balances import BalanceLeft
from providers.contracts.messages import Account, OutcomeUnknown, SendError
from providers.transport import failure
from providers.twilio.client import client_of, refused

_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,8})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class AccountBalance:
    """Asks for one account. Raises Refused (code bad_account) when its settings cannot be used."""

    def __init__(self, account: Account) -> None:
        self._client = client_of(account)

    def balances(self) -> list[BalanceLeft]:
        """Raises NotSent, Refused or OutcomeUnknown."""
        failed: SendError
        try:
            found = self._client.balance.fetch()
        except requests.RequestException as error:
            failed = failure(error)
        except TwilioException as error:
            failed = refused(getattr(error, "status", None), getattr(error, "code", None))
        except (ValueError, TypeError, KeyError, AttributeError):
            failed = OutcomeUnknown("unreadable_answer")
        else:
            amount, currency = str(found.balance), str(found.currency)
            if _AMOUNT.fullmatch(amount) and _CURRENCY.fullmatch(currency):
                return [BalanceLeft(Decimal(amount), currency)]
            failed = OutcomeUnknown("unreadable_answer")
        # Raised out here, so that no cause quotes the address.
        raise failed
