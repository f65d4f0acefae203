"""Delivery receipts, read tolerantly: every message centre writes them a little differently.

    id:0123 sub:001 dlvrd:001 submit date:2611291030 done date:2611291031
    stat:DELIVRD err:000 text:…

The optional parameters win where they are there. Dates are not read: they have ten or twelve
digits, or none, and nobody needs them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from providers.contracts.messages import DeliveryStatus
from providers.limits import EVENT_ID_MAX_CHARS, NOTE_MAX_CHARS
from providers.smpp import tags

RECEIPT_BITS: Final = 0x3C
_IS_RECEIPT: Final = (0x04, 0x20)  # a receipt, an intermediate notification
_ID: Final = re.compile(r"(?:^|\s)id:\s*([^\s]+)", re.IGNORECASE)
_STATE: Final = re.compile(r"\bstat(?:us)?:\s*([A-Za-z]+)", re.IGNORECASE)
_ERROR: Final = re.compile(r"\berr(?:or)?:\s*([0-9A-Za-z]{1,10})", re.IGNORECASE)
# Without the bit that says so: the words that only a receipt begins with.
_LOOKS_LIKE_ONE: Final = re.compile(r"^id:\S+ sub:\S+ dlvrd:\S+ ", re.IGNORECASE)
_FIRST_WORDS: Final = 200

STATES: Final = {
    "ENROUTE": DeliveryStatus.SENT,
    "ACCEPTD": DeliveryStatus.SENT,
    "ACCEPTED": DeliveryStatus.SENT,
    "BUFFRED": DeliveryStatus.QUEUED,
    "SCHEDULED": DeliveryStatus.QUEUED,
    "DELIVRD": DeliveryStatus.DELIVERED,
    "DELIVERED": DeliveryStatus.DELIVERED,
    "EXPIRED": DeliveryStatus.FAILED,
    "DELETED": DeliveryStatus.FAILED,
    "UNDELIV": DeliveryStatus.FAILED,
    "UNDELIVERABLE": DeliveryStatus.FAILED,
    "REJECTD": DeliveryStatus.FAILED,
    "REJECTED": DeliveryStatus.FAILED,
    "FAILED": DeliveryStatus.FAILED,
    "SKIPPED": DeliveryStatus.FAILED,
    "UNKNOWN": DeliveryStatus.UNKNOWN,
}
# message_state, by its number.
_NUMBERED: Final = (
    *("SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED"),
    *("UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED"),
)


class Receipt(NamedTuple):
    """What a receipt says. `error` is the network's code as it stands there, or ''."""

    message_id: str
    status: DeliveryStatus
    word: str
    error: str


def is_receipt(esm_class: int, text: str) -> bool:
    """Whether a deliver_sm is one: its bits say so, or it cannot be anything else."""
    return esm_class & RECEIPT_BITS in _IS_RECEIPT or bool(_LOOKS_LIKE_ONE.match(text))


def read(text: str, tlvs: dict[int, bytes], receipt_ids: str = "same") -> Receipt | None:
    """None where no id can be found: there is nothing to match it by."""
    head = text[:_FIRST_WORDS]
    head, _, _ = head.partition(" text:")
    given = tlvs.get(tags.RECEIPTED_MESSAGE_ID, b"").split(b"\0")[0].decode("latin-1")
    found = _ID.search(head)
    # The parameter has the id as submit_sm_resp gave it; the text may write it in other digits.
    id = given.strip() or (same_digits(found[1], receipt_ids) if found else "")
    if not id or len(id) > EVENT_ID_MAX_CHARS or not id.isprintable():
        return None
    state = _STATE.search(head)
    word = state[1].upper() if state else ""
    number = tlvs.get(tags.MESSAGE_STATE)
    if number and number[-1] < len(_NUMBERED):
        word = _NUMBERED[number[-1]]
    error = _ERROR.search(head)
    network = tlvs.get(tags.NETWORK_ERROR_CODE, b"")
    code = error[1] if error else str(int.from_bytes(network[1:], "big")) if network else ""
    return Receipt(id, STATES.get(word, DeliveryStatus.UNKNOWN), word[:NOTE_MAX_CHARS], code)


def same_digits(id: str, receipt_ids: str) -> str:
    """The id of a receipt as submit_sm_resp wrote it: `decimal` says that receipts give in decimal
    what was hexadecimal, `hex` the other way round."""
    try:
        if receipt_ids == "decimal":
            return f"{int(id):X}"
        if receipt_ids == "hex":
            return str(int(id, 16))
    except ValueError:
        pass
    return id


def same_case(id: str, receipt_ids: str) -> str:
    """The id of a submit_sm_resp, written as `same_digits` writes it."""
    try:
        if receipt_ids == "decimal":
            return f"{int(id, 16):X}"
        if receipt_ids == "hex":
            return str(int(id))
    except ValueError:
        pass
    return id
