"""Money that people send to a paybill or a till by hand: the question before, the word after."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from enum import Enum

from providers.contracts.errors import BadPayload
from providers.contracts.payments import ArrivalAsked, ArrivalRefusal, PaymentArrived
from providers.contracts.webhooks import HttpReply
from providers.mobile_money.reading import amount_of, callback_of, id_of, phone_of
from providers.mpesa_daraja import CURRENCY, NAME, TIME, ZONE

JSON = "application/json"
_MASKED = re.compile(r"[0-9]{1,6}[ *]{2,9}[0-9]{1,6}")


class Refusal(Enum):
    """Why a payment is not to be taken; the payer's phone says it in its own words."""

    NUMBER = "C2B00011"
    REFERENCE = "C2B00012"
    AMOUNT = "C2B00013"
    PERSON = "C2B00014"
    SHORTCODE = "C2B00015"
    OTHER = "C2B00016"


def _reply(code: str, words: str) -> HttpReply:
    return HttpReply(200, JSON, json.dumps({"ResultCode": code, "ResultDesc": words}).encode())


CONFIRMED = _reply("0", "Success")


_REFUSALS = {
    ArrivalRefusal.AMOUNT: Refusal.AMOUNT,
    ArrivalRefusal.REFERENCE: Refusal.REFERENCE,
    ArrivalRefusal.OTHER: Refusal.OTHER,
}


def validation_reply(refusal: ArrivalRefusal | None) -> HttpReply:
    """The answer to a validation: taken, or not."""
    if refusal is None:
        return _reply("0", "Accepted")
    return _reply(_REFUSALS[refusal].value, "Rejected")


def parse_validation(body: bytes, content_type: str = "") -> ArrivalAsked:
    """A validation. Raises BadPayload."""
    return ArrivalAsked(parse_c2b(body, content_type))


def parse_c2b(body: bytes, content_type: str = "") -> PaymentArrived:
    """A confirmation; a validation looks the same, and has moved nothing yet. Raises BadPayload.
    Nobody signs it.

    The payer's number is masked or a hash by now: then there is no party.
    """
    record = callback_of(body)
    provider_id = id_of(record.get("TransID"))
    amount = amount_of(record.get("TransAmount"), CURRENCY)
    account = id_of(record.get("BusinessShortCode"))
    if provider_id is None:
        raise BadPayload("missing", "TransID")
    if amount is None:
        raise BadPayload("missing", "TransAmount")
    if account is None:
        raise BadPayload("missing", "BusinessShortCode")
    typed = record.get("BillRefNumber")
    return PaymentArrived(
        provider=NAME,
        provider_id=provider_id,
        account=account,
        amount=amount,
        typed_reference=typed.strip()[:64]
        if isinstance(typed, str) and typed.isprintable()
        else "",
        arrived_at=local_time(record.get("TransTime")),
        party=_party(record.get("MSISDN")),
        party_shown=_shown(record.get("MSISDN")),
    )


def _party(value: object) -> str | None:
    phone = phone_of(value)
    # A hash has letters, as a rule; of digits alone it is longer than a number of Kenya.
    return phone if phone and phone.startswith("+254") and len(phone) == 13 else None


def _shown(value: object) -> str:
    """What is shown of a masked number: `25470****149`; of a hash nothing."""
    masked = isinstance(value, str) and _MASKED.fullmatch(value)
    return value if masked and isinstance(value, str) else ""


def local_time(value: object) -> datetime | None:
    """`20191122063845`, a string or a number, by Nairobi's clocks."""
    word = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(word, str) or len(word) != 14 or not word.isdigit():
        return None
    try:
        read = datetime.strptime(word, TIME)  # noqa: DTZ007 - the zone is put to it at once
    except ValueError:
        return None
    return read.replace(tzinfo=ZONE).astimezone(UTC)
