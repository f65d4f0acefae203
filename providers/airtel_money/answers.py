"""What Airtel answers to a request for money, and what its word on a payment means."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from providers.airtel_money import NAME
from providers.contracts.errors import BadPayload
from providers.contracts.messages import OutcomeUnknown, Refused
from providers.contracts.payments import (
    PaymentAccepted,
    PaymentHint,
    PaymentKind,
    PaymentState,
    PaymentStatus,
    Reason,
)
from providers.mobile_money.reading import (
    callback_of,
    id_of,
    no_such_payment,
    object_of,
    uuid_of,
    within,
    word_of,
)
from providers.mobile_money.wire import refusal

_STATES: Final = {
    "TS": PaymentState.PAID,
    "TF": PaymentState.FAILED,
    "TE": PaymentState.EXPIRED,
    "TIP": PaymentState.PENDING,
    "TI": PaymentState.PENDING,
    # Ambiguous: Airtel itself does not know yet.
    "TA": PaymentState.PENDING,
}
_COLLECTION, _DISBURSEMENT, _ROUTER = "DP0080000", "DP0090000", "ROUTER"
_REASONS: Final = {
    f"{_COLLECTION}1002": Reason.DECLINED,  # a wrong PIN
    f"{_COLLECTION}1003": Reason.PERSON_LIMIT,
    f"{_COLLECTION}1004": Reason.OWN_SETTINGS,
    f"{_COLLECTION}1005": Reason.NOT_APPROVED_IN_TIME,
    f"{_COLLECTION}1007": Reason.PERSON_LACKS_FUNDS,
    f"{_COLLECTION}1008": Reason.DECLINED,
    f"{_COLLECTION}1009": Reason.PERSON_NOT_ALLOWED,
    f"{_COLLECTION}1010": Reason.PERSON_NOT_ALLOWED,
    f"{_COLLECTION}1024": Reason.NOT_APPROVED_IN_TIME,
    f"{_COLLECTION}1025": Reason.NO_SUCH_PAYMENT,
    f"{_COLLECTION}1026": Reason.OWN_SETTINGS,
    f"{_COLLECTION}1029": Reason.NOT_APPROVED_IN_TIME,
    f"{_DISBURSEMENT}1003": Reason.OWN_LIMIT,
    f"{_DISBURSEMENT}1004": Reason.OWN_LIMIT,
    f"{_DISBURSEMENT}1007": Reason.OWN_LACKS_FUNDS,
    f"{_DISBURSEMENT}1009": Reason.OWN_ACCOUNT,
    f"{_DISBURSEMENT}1010": Reason.PERSON_NOT_ALLOWED,
    f"{_DISBURSEMENT}1012": Reason.PERSON_NOT_FOUND,
    f"{_DISBURSEMENT}1013": Reason.PERSON_NOT_ALLOWED,
    f"{_DISBURSEMENT}1015": Reason.NO_SUCH_PAYMENT,
    f"{_DISBURSEMENT}1016": Reason.OWN_SETTINGS,
    "ESB000008": Reason.OWN_SETTINGS,
    "ESB000033": Reason.PERSON_NOT_FOUND,
    "ESB000034": Reason.OWN_SETTINGS,
    "ESB000035": Reason.OWN_SETTINGS,
    "ESB000036": Reason.PERSON_NOT_FOUND,
    "ESB000039": Reason.OWN_SETTINGS,
    "ESB000045": Reason.NO_SUCH_PAYMENT,
    f"{_ROUTER}001": Reason.OWN_SETTINGS,
    f"{_ROUTER}003": Reason.OWN_SETTINGS,
    f"{_ROUTER}005": Reason.OWN_SETTINGS,
    f"{_ROUTER}006": Reason.OWN_SETTINGS,
    f"{_ROUTER}007": Reason.OWN_SETTINGS,
    f"{_ROUTER}112": Reason.OWN_SETTINGS,
    f"{_ROUTER}114": Reason.OWN_SETTINGS,
    f"{_ROUTER}115": Reason.OWN_SETTINGS,
    f"{_ROUTER}116": Reason.OWN_SETTINGS,
    f"{_ROUTER}119": Reason.OWN_SETTINGS,
}
# The request is there, whatever becomes of it: in process, or done already.
_TAKEN: Final = frozenset(
    f"{kind}{end}" for kind in (_COLLECTION, _DISBURSEMENT) for end in ("1001", "1006")
)
# Nobody knows: the enquiry tells, later.
_AMBIGUOUS: Final = frozenset(
    {
        *(f"{_COLLECTION}1000", f"{_DISBURSEMENT}1000", f"{_DISBURSEMENT}1014"),
        *(f"{_COLLECTION}1024", f"{_DISBURSEMENT}1005", f"{_DISBURSEMENT}1011"),
        *("ESB000001", "ESB000004", f"{_ROUTER}117"),
    }
)
# An earlier request had this reference.
_KNOWN: Final = frozenset({"ESB000041", f"{_DISBURSEMENT}1017"})
# Before anybody was prompted nobody can be late: so early it says that there is no such number.
_AT_ONCE: Final = {f"{_COLLECTION}1005": f"{_DISBURSEMENT}1012"}
_CODE = re.compile(r"(?:DP0[0-9]{10}|ESB[0-9]{6}|ROUTER[0-9]{3})")


def reason_of(code: str) -> Reason:
    """Our name of one of Airtel's codes. A code of the family says whose fault it is: those of
    DP008 belong to collections, of DP009 to payouts."""
    return _REASONS.get(code, Reason.OTHER)


def codes_of(body: dict[str, Any]) -> list[str]:
    """The codes of an answer, the newer family first; a flat answer of the gateway has one."""
    status = within(body, "status")
    said = [status.get("response_code"), status.get("result_code"), status.get("code")]
    said += [body.get("status_code"), body.get("error_code"), body.get("error")]
    return [code for code in said if isinstance(code, str) and _CODE.fullmatch(code)]


def accepted(reference: UUID, status: int, body: bytes) -> PaymentAccepted:
    """Read the answer to a request for money. Raises Refused or OutcomeUnknown.

    Airtel says no with HTTP 200 and `success` false, and says yes with the same words for "the
    prompt is on its way" as for "done": neither is paid here.
    """
    said = object_of(body) or {}
    codes = codes_of(said)
    if any(code in _KNOWN for code in codes):
        return PaymentAccepted(reference, was_known=True)
    if any(code in _AMBIGUOUS for code in codes):
        raise OutcomeUnknown("ambiguous", message_id=str(reference), detail=codes[0])
    is_yes = within(said, "status").get("success") is True
    if status in (200, 201, 202) and (is_yes or _TAKEN.intersection(codes)):
        found = within(said, "data", "transaction")
        return PaymentAccepted(reference, provider_id=id_of(found.get("reference_id")))
    raise refused(status, [_AT_ONCE.get(code, code) for code in codes], str(reference))


def refused(status: int, codes: list[str], message_id: str | None) -> Refused | OutcomeUnknown:
    """What an answer without a yes proves."""
    for code in codes:
        if reason_of(code) is not Reason.OTHER:
            return refusal(status, reason_of(code), code, message_id)
    return refusal(status, Reason.OTHER, codes[0] if codes else "", message_id)


def status_of(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentStatus:
    """Read the answer to an enquiry. Raises Refused or OutcomeUnknown, of the question alone.

    The transaction's own status decides: `success` beside it is about the question, and comes
    false beside a paid one as well. There is no amount and no payer in it.
    """
    said = object_of(body)
    codes = codes_of(said) if said else []
    found = within(said or {}, "data", "transaction")
    word = found.get("status")
    if isinstance(word, str) and word.strip().upper() in _STATES and status < 400:
        state = _STATES[word.strip().upper()]
        over = state in (PaymentState.FAILED, PaymentState.EXPIRED)
        named = [code for code in codes if reason_of(code) is not Reason.OTHER]
        code = (named or codes or [""])[0]
        return PaymentStatus(
            provider=NAME,
            reference=reference,
            state=state,
            raw_status=word_of(word),
            provider_id=_movement(found) if state is PaymentState.PAID else None,
            known_as=uuid_of(found.get("id")),
            reason=_why(state, code) if over else None,
            raw_reason=code if over else "",
            tells_amount=False,
        )
    if status == 404 or any(reason_of(code) is Reason.NO_SUCH_PAYMENT for code in codes):
        return no_such_payment(NAME, reference, codes[0] if codes else "")
    if isinstance(word, str) and word and status < 400:
        return PaymentStatus(NAME, reference, PaymentState.UNKNOWN, word_of(word))
    if status < 300:
        raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
    raise refused(status, codes, str(reference))


def _why(state: PaymentState, code: str) -> Reason:
    late = state is PaymentState.EXPIRED and reason_of(code) is Reason.OTHER
    return Reason.NOT_APPROVED_IN_TIME if late else reason_of(code)


def _movement(found: dict[str, Any]) -> str | None:
    """The id that the person's SMS shows: of a payout it is `reference_id`, beside an
    `airtel_money_id` that only Airtel's own systems know."""
    return id_of(found.get("reference_id")) or id_of(found.get("airtel_money_id"))


def active_of(status: int, body: bytes) -> bool | None:
    """Whether a number has an account that can pay and be paid. None where the answer does not
    say."""
    said = object_of(body) or {}
    person = within(said, "data")
    if status == 404 or any(code == "DP02200000000" for code in codes_of(said)):
        return False
    if status != 200 or not person:
        return None
    registered = word_of(within(person, "registration").get("status")).upper()
    barred = person.get("is_barred")
    return None if not isinstance(barred, bool) else not barred and registered != "UNREGISTERED"


def parse_callback(body: bytes, content_type: str = "") -> PaymentHint:
    """What a callback claims. Raises BadPayload. It carries no amount but in words for people."""
    found = within(callback_of(body), "transaction")
    status = found.get("status_code")
    if not isinstance(status, str) or not status:
        raise BadPayload("missing", "transaction.status_code")
    reference = uuid_of(found.get("id"))
    provider_id = id_of(found.get("airtel_money_id"))
    if reference is None and provider_id is None:
        raise BadPayload("missing", "transaction.id")
    return PaymentHint(
        provider=NAME,
        reference=reference,
        provider_id=provider_id,
        claims=_STATES.get(status.strip().upper(), PaymentState.UNKNOWN),
        raw_status=word_of(status),
    )
