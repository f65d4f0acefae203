"""A sender of ours and what it raises."""

from typing import Any

import pytest

from providers.contracts.messages import Account, SendError, Sms
from providers.kannel.send import SmsSender

PERSON = "+250788000105"
ID = "019a06fa-467d-7786-b9cb-5b42177cd53f"
HOOK = "http://127.0.0.1:9/hooks/kannel/sms-report/s3cr3t"
RECEIPT = Sms(PERSON, "Paid RWF 500 to Impuye. Ref 7K2M", "8100", ID, HOOK)


def sender(url: str, **more: Any) -> SmsSender:
    return SmsSender(Account("impuye", "k3y", url, **more))


def caught(url: str, sms: Sms = RECEIPT, **more: Any) -> SendError:
    with pytest.raises(SendError) as error:
        sender(url, **more).send(sms)
    return error.value
