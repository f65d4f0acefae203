"""What a deliver_sm is, as the contracts say it: a receipt, a text or a part of one, a USSD hop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

import smpp34

from providers.contracts.messages import DeliveryReport, DeliveryStatus, SmsInbound, SmsPart
from providers.contracts.ussd import LastInput, UssdEnded, UssdHop
from providers.limits import (
    EVENT_ID_MAX_CHARS,
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
    SENDER_MAX_CHARS,
    SMS_TEXT_MAX_CHARS,
    TEXT_MAX_CHARS,
)
from providers.smpp import NAME, alphabets, parts, receipts, tags, ussd, wire
from providers.smpp.options import Options
from providers.smpp.ussd import UssdSession

_DIGITS: Final = re.compile(rf"\+?[0-9]{{{PHONE_MIN_DIGITS},{PHONE_MAX_DIGITS}}}")
_INTERNATIONAL: Final = 1
_ALPHANUMERIC: Final = 5
_INTERNATIONAL_MIN_DIGITS: Final = 11
# A code as it is dialled, or the digits between its star and its hash.
_DIALLED: Final = re.compile(r"\*[0-9*]+#?")


@dataclass(frozen=True, slots=True)
class SmppHop:
    """A USSD hop, and the session that its screen goes to."""

    hop: UssdHop
    session: UssdSession
    reply_from: str
    reply_to: str = field(repr=False)


Read = DeliveryReport | SmsInbound | SmsPart | SmppHop | UssdEnded


def read(message: smpp34.DeliverSm, options: Options) -> Read | None:
    """None for what is neither: data, a notification that needs no answer, a receipt without an id.

    A text's `event_id` is '' where the centre gives none.
    """
    tlvs = wire.tlvs_of(message)
    octets = wire.octets_of(message, tlvs)
    operation = ussd.operation(tlvs)
    if operation is not None:
        return _ussd(message, tlvs, octets, operation, options)
    place = None
    if message.esm_class & parts.UDH_INDICATOR:
        place, octets = parts.read_header(octets)
    place = place or parts.read_sar(tlvs)
    text = alphabets.decode(octets, message.data_coding, options.default_alphabet)
    if receipts.is_receipt(message.esm_class, text or ""):
        return _report(message, tlvs, text or "", options)
    if text is None:
        return None
    sender = message.source_addr[:SENDER_MAX_CHARS]
    number = phone(message.source_addr, message.source_addr_ton)
    inbound = SmsInbound(
        provider=NAME,
        event_id=_event_id(tlvs, options),
        address=number or sender,
        sender_is_phone=bool(number),
        to=message.destination_addr[:SENDER_MAX_CHARS],
        text=text[:SMS_TEXT_MAX_CHARS],
        network="",
        link_id="",
        at=None,
        text_too_long=len(text) > SMS_TEXT_MAX_CHARS,
    )
    return SmsPart(inbound, *place) if place else inbound


def phone(address: str, ton: int) -> str:
    """The number as the wire means it: E.164 with a plus where it is international, else as it
    stands; '' where it is none."""
    if ton == _ALPHANUMERIC or not _DIGITS.fullmatch(address):
        return ""
    digits = address.removeprefix("+")
    if ton == _INTERNATIONAL or address.startswith("+"):
        return f"+{digits.removeprefix('00')}"
    # Most centres give international digits and say nothing of them.
    if digits[0] != "0" and len(digits) >= _INTERNATIONAL_MIN_DIGITS:
        return f"+{digits}"
    return digits


def message_id(id: str, options: Options) -> str:
    """A centre's id is one of its own account's only: two centres give the same ones."""
    return f"{options.name}/{id}"


def _event_id(tlvs: dict[int, bytes], options: Options) -> str:
    id = tlvs.get(tags.RECEIPTED_MESSAGE_ID, b"").split(b"\0")[0].decode("latin-1").strip()
    known = id and id.isprintable() and len(id) < EVENT_ID_MAX_CHARS // 2
    return message_id(id, options) if known else ""


def _report(
    message: smpp34.DeliverSm, tlvs: dict[int, bytes], text: str, options: Options
) -> DeliveryReport | None:
    receipt = receipts.read(text, tlvs, options.receipt_ids)
    if receipt is None:
        return None
    number = phone(message.source_addr, message.source_addr_ton)
    failed = receipt.status is DeliveryStatus.FAILED
    why = f"{receipt.word} {receipt.error}" if receipt.error.strip("0") else receipt.word
    return DeliveryReport(
        provider=NAME,
        message_id=message_id(receipt.message_id, options)[:EVENT_ID_MAX_CHARS],
        status=receipt.status,
        raw_status=receipt.word,
        address=number if number.startswith("+") else None,
        network="",
        failure=why if failed else "",
        retries=None,
    )


def _ussd(
    message: smpp34.DeliverSm,
    tlvs: dict[int, bytes],
    octets: bytes,
    operation: int,
    options: Options,
) -> SmppHop | UssdEnded | None:
    number = phone(message.source_addr, message.source_addr_ton)
    if operation == ussd.NOTICE_SEEN:
        return None
    session = ussd.session_of(number or message.source_addr, tlvs, options)
    code = message.destination_addr
    if ussd.is_over(operation, tlvs):
        return _ended(session, number, code, operation)
    text = alphabets.decode(octets, message.data_coding, options.default_alphabet) or ""
    text = text.removesuffix("\r").removesuffix("\0")
    is_first = ussd.begins(operation)
    dialled = ""
    if is_first:
        dialled = text if _DIALLED.fullmatch(text) else code
    hop = UssdHop(
        provider=NAME,
        service_code=code,
        session_id=session.key,
        address=number,
        text=text[:TEXT_MAX_CHARS],
        network="",
        text_too_long=len(text) > TEXT_MAX_CHARS,
        last=LastInput(is_first=is_first, dialled=dialled),
    )
    return SmppHop(hop, session, code, message.source_addr)


def _ended(session: UssdSession, number: str, code: str, operation: int) -> UssdEnded:
    return UssdEnded(
        provider=NAME,
        service_code=code,
        session_id=session.key,
        address=number,
        network="",
        status="incomplete" if operation == ussd.ABORTED else "success",
        at=None,
        duration_ms=None,
        hops=None,
        cost=None,
        reply_prefix="",
        reply_chars=0,
        error="",
    )


def with_id(text: SmsInbound, event_id: str) -> SmsInbound:
    """The same text under an id of ours."""
    return replace(text, event_id=event_id)
