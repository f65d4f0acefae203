"""What Integrat posts: the events of a USSD session. The answer to it says nothing."""

from typing import Final

from providers.contracts.errors import BadPayload
from providers.contracts.ussd import LastInput, UssdEnded, UssdHop
from providers.contracts.webhooks import Batch
from providers.integrat import NAME
from providers.limits import (
    BODY_MAX_BYTES,
    NETWORK_MAX_CHARS,
    NOTE_MAX_CHARS,
    SESSION_ID_MAX_CHARS,
    TEXT_MAX_CHARS,
)
from providers.lines.ussd import address_of
from providers.typed import one_line
from providers.ussd_http.adapter import code_of
from providers.ussd_http.requests import Fields, read_xml

_TYPE: Final = "Response@Type"
_EVENT: Final = "Response.OnUSSEvent@Type"
_CONTEXT: Final = "Response.OnUSSEvent.USSContext"
_SESSION, _NUMBER, _CODE = (f"{_CONTEXT}@{name}" for name in ("SessionID", "MSISDN", "ConnStr"))
_TEXT: Final = "Response.OnUSSEvent.USSText"
_MCC, _MNC = "Response.Network@MCC", "Response.Network@MNC"
_WANTED: Final = frozenset((_TYPE, _EVENT, _SESSION, _NUMBER, _CODE, _TEXT, _MCC, _MNC))
_USSD: Final = "onussevent"
# A dial comes as three events: of them `Open` alone names the code.
_BESIDE_OPEN: Final = "REQ"


def parse(body: bytes, _content_type: str = "") -> UssdHop | UssdEnded | Batch:
    """A hop, the end of a session, or nothing that is to be done. Raises BadPayload."""
    if len(body) > BODY_MAX_BYTES:
        raise BadPayload("body_too_long")
    fields = read_xml(body, _WANTED)
    sort = _word(fields, _TYPE)
    if sort.lower() != _USSD:
        return Batch((), unknown=(sort[:NOTE_MAX_CHARS] or "no_type",))
    event, text = _word(fields, _EVENT).lower(), one_line(str(fields.get(_TEXT, "")))
    if event == "new" or (event == "request" and text == _BESIDE_OPEN):
        return Batch(())
    if event == "close":
        return _over(fields)
    if event not in ("open", "request", "resume"):
        return Batch((), unknown=(f"event {event[:NOTE_MAX_CHARS]}",))
    is_first = event == "open"
    session = _word(fields, _SESSION)
    if not session:
        raise BadPayload("missing", "SessionID")
    if len(session) > SESSION_ID_MAX_CHARS:
        raise BadPayload("too_long", "SessionID")
    dialled = _word(fields, _CODE) if is_first else ""
    if is_first and not code_of(dialled):
        raise BadPayload("not_a_code", "ConnStr")
    return UssdHop(
        NAME,
        "",
        session,
        address_of(_word(fields, _NUMBER), "MSISDN"),
        "" if is_first else text[:TEXT_MAX_CHARS],
        _network(fields),
        len(text) > TEXT_MAX_CHARS,
        LastInput(is_first, code_of(dialled), copy_within_s=2),
        {"SessionID": session},
    )


def _over(fields: Fields) -> UssdEnded:
    """What was typed is not read."""
    return UssdEnded(
        provider=NAME,
        service_code=code_of(_word(fields, _CODE)),
        session_id=_word(fields, _SESSION)[:SESSION_ID_MAX_CHARS],
        address="",
        network=_network(fields),
        status="unknown",
        at=None,
        duration_ms=None,
        hops=None,
        cost=None,
        reply_prefix="",
        reply_chars=0,
        error="",
    )


def _word(fields: Fields, name: str) -> str:
    word = str(fields.get(name, "")).strip()
    if not (word.isascii() and word.isprintable()):
        raise BadPayload("unreadable", name.rpartition("@")[2])
    return word


def _network(fields: Fields) -> str:
    code = f"{fields.get(_MCC, '')}{fields.get(_MNC, '')}"
    return code if code.isdigit() and len(code) <= NETWORK_MAX_CHARS else ""
