"""What an SMPP account says of its message centre, read once and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from providers.contracts.messages import Account

PORT: Final = 2775
PORT_TLS: Final = 3550
CREDENTIAL_MAX_CHARS: Final = 15  # the specification: 15 for the system id, 8 for the password
WINDOW_MAX: Final = 1_000
RATE_MAX: Final = 10_000
INTERVAL_MAX_S: Final = 600


class BadOptions(Exception):
    """An account that no bind can be made with. The text names the key, never a secret."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to bind, how fast to send, and the habits of this message centre.

    - bind: transceiver, transmitter or receiver
    - window: submit_sm that may be unanswered at a time; messages_a_second: 0 for no limit of ours
    - default_alphabet: what data_coding 0 means there: gsm7 (unpacked) or latin1
    - long_messages: how a long text is sent: udh, sar or payload
    - receipt_ids: how a receipt writes the id that submit_sm_resp gave: same, decimal or hex
    - ussd_session: what names a session: auto, its_session_info, its_session_octet,
      user_message_reference or number
    - ussd_ask, ussd_end: the ussd_service_op of a screen that is answered, and of a last one
    """

    name: str
    host: str
    port: int
    tls: bool
    system_id: str
    password: str = field(repr=False)
    system_type: str = ""
    bind: str = "transceiver"
    window: int = 10
    messages_a_second: int = 20
    enquire_link_s: int = 30
    response_s: int = 10
    default_alphabet: str = "gsm7"
    long_messages: str = "udh"
    receipt_ids: str = "same"
    service_type: str = ""
    ussd_service_type: str = "USSD"
    ussd_session: str = "auto"
    ussd_ask: int = 0x02
    ussd_end: int = 0x11
    ussd_ucs2: int = 0x48

    @property
    def sends(self) -> bool:
        return self.bind != "receiver"


_WORDS: Final = {
    "bind": ("transceiver", "transmitter", "receiver"),
    "default_alphabet": ("gsm7", "latin1"),
    "long_messages": ("udh", "sar", "payload"),
    "receipt_ids": ("same", "decimal", "hex"),
    "ussd_session": (
        "auto",
        "its_session_info",
        "its_session_octet",
        "user_message_reference",
        "number",
    ),
}
_NUMBERS: Final = {
    "window": (1, WINDOW_MAX),
    "messages_a_second": (0, RATE_MAX),
    "enquire_link_s": (1, INTERVAL_MAX_S),
    "response_s": (1, 15),  # a worker waits for it
    "ussd_ask": (0, 255),
    "ussd_end": (0, 255),
    "ussd_ucs2": (0, 255),
}
_TEXTS: Final = {"system_type": 12, "service_type": 5, "ussd_service_type": 5}
# Where the bind process is found: the sender's key, in the same account.
HAND_OVER: Final = "hand_over"
NAME_KEY: Final = "name"


def read(account: Account) -> Options:
    """Raises BadOptions."""
    parts = urlsplit(account.base_url or "")
    if parts.scheme not in ("smpp", "smpps") or not parts.hostname:
        raise BadOptions("base_url: smpp://HOST:PORT or smpps://HOST:PORT, please")
    try:
        port = parts.port or (PORT_TLS if parts.scheme == "smpps" else PORT)
    except ValueError:
        raise BadOptions("base_url: no such port") from None
    for key, value in (("username", account.username), ("secret", account.secret)):
        if not (value.isascii() and value.isprintable() and len(value) <= CREDENTIAL_MAX_CHARS):
            raise BadOptions(f"{key}: at most {CREDENTIAL_MAX_CHARS} plain characters")
    given = dict(account.options)
    name = given.pop(NAME_KEY, "") or account.username
    given.pop(HAND_OVER, None)
    return Options(
        name=name,
        host=parts.hostname,
        port=port,
        tls=parts.scheme == "smpps",
        system_id=account.username,
        password=account.secret,
        **{key: _value(key, text) for key, text in given.items()},  # type: ignore[arg-type]
    )


def _value(key: str, text: str) -> str | int:
    if key in _WORDS:
        if text not in _WORDS[key]:
            raise BadOptions(f"{key}: one of {', '.join(_WORDS[key])}")
        return text
    if key in _TEXTS:
        if not (text.isascii() and text.isprintable() and len(text) <= _TEXTS[key]):
            raise BadOptions(f"{key}: at most {_TEXTS[key]} plain characters")
        return text
    if key in _NUMBERS:
        low, high = _NUMBERS[key]
        try:
            number = int(text, 0)
        except ValueError:
            number = -1
        if not low <= number <= high:
            raise BadOptions(f"{key}: a whole number from {low} to {high}")
        return number
    raise BadOptions(f"{key}: an SMPP account has no such key")
