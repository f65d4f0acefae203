"""Why a payment failed, where a provider says it in a sentence and not by a code."""

from __future__ import annotations

import re
from typing import Final

from providers.contracts.payments import PaymentKind, Reason

# The first that fits. The sentences are the networks' own and change: what fits none is OTHER.
_WORDS: Final = (
    (r"insufficient|not enough|low balance|lack of funds|inadequate", Reason.PERSON_LACKS_FUNDS),
    (r"limit", Reason.PERSON_LIMIT),
    (
        r"time[sd]?[ -]?out|expired|not (?:approved|authori[sz]ed) in time",
        Reason.NOT_APPROVED_IN_TIME,
    ),
    (
        r"not registered|not found|not exist|unregistered|invalid (?:number|account|msisdn|phone)",
        Reason.PERSON_NOT_FOUND,
    ),
    (r"barred|blocked|suspended|inactive|not allowed|not permitted", Reason.PERSON_NOT_ALLOWED),
    (r"declin|cancel|reject|refus|incorrect pin|wrong pin|invalid pin", Reason.DECLINED),
)
_PATTERNS: Final = [(re.compile(pattern), reason) for pattern, reason in _WORDS]
# Where we pay, the wallet that lacks funds is ours.
_OURS: Final = {
    Reason.PERSON_LACKS_FUNDS: Reason.OWN_LACKS_FUNDS,
}


def reason_in(kind: PaymentKind, *sentences: object) -> Reason:
    """Our name of what some sentences say."""
    said = " ".join(each for each in sentences if isinstance(each, str)).lower()[:512]
    for pattern, reason in _PATTERNS:
        if pattern.search(said):
            return reason if kind is PaymentKind.COLLECTION else _OURS.get(reason, reason)
    return Reason.OTHER
