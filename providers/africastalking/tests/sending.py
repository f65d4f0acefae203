"""A sender of ours and what it raises."""

from collections.abc import Callable
from typing import Any

import pytest

from providers.africastalking.send import SmsSender
from providers.contracts.messages import Account, SendError, Sms

E = "+250788000105"
RECEIPT = Sms(E, "Paid RWF 500 to Impuye. Ref 7K2M", "IMPUYE")
RawServer = Callable[[bytes | None], str]


def sender(url: str, **more: Any) -> SmsSender:
    return SmsSender(Account("impuye", "k3y", url, **more))


def caught(url: str, sms: Sms = RECEIPT, **more: Any) -> SendError:
    with pytest.raises(SendError) as error:
        sender(url, **more).send(sms)
    return error.value
