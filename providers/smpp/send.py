"""Sending a text by the process that holds the bind, and saying exactly what became of it."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import time
from pathlib import Path
from typing import Final

from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused, Scope, Sent, Sms
from providers.exchange import Exchange, note
from providers.limits import (
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
    SMS_TEXT_MAX_CHARS,
)
from providers.smpp import hand_over, options
from providers.smpp.hand_over import QUEUED_WITHIN_S

_E164: Final = re.compile(rf"\+[1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}}")
# A source address has 20 characters, a name that a handset shows 11.
_SENDER: Final = re.compile(r"\+?[0-9]{2,20}|[\x20-\x7e]{1,11}")
CONNECT_WITHIN_S: Final = 2.0
# For the text's turn, the centre's answers, and a little: a worker's job has 30 s.
ANSWER_WITHIN_S: Final = QUEUED_WITHIN_S + 18.0
_READ_BYTES: Final = 4096


class SmppSender:
    """Sends texts for one account. Holds no connection and no state: threads may share it.

    Raises Refused (code bad_account) where the account does not say how its bind is found.
    """

    def __init__(self, account: Account) -> None:
        file = account.option(options.HAND_OVER)
        if not file:
            raise Refused("bad_account", never_left=True, alarm=True)
        self._file = Path(file)

    def send(self, sms: Sms) -> Sent:
        """One text to one handset, once. Raises NotSent, Refused or OutcomeUnknown."""
        if not _E164.fullmatch(sms.to):
            raise Refused("invalid_number", never_left=True, scope=Scope.TEXT)
        if not sms.text.strip():
            raise Refused("empty_text", never_left=True, scope=Scope.TEXT)
        if len(sms.text) > SMS_TEXT_MAX_CHARS:
            raise Refused("text_too_long", never_left=True, scope=Scope.TEXT)
        if sms.sender is not None and not _SENDER.fullmatch(sms.sender):
            raise Refused("invalid_sender", never_left=True, scope=Scope.SENDER)
        path = hand_over.socket_path(self._file)
        if path is None:
            raise NotSent("bind_away")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(CONNECT_WITHIN_S)
            try:
                connection.connect(str(path))
            except OSError:
                raise NotSent("bind_away") from None
            asked = hand_over.encode(sms)
            noted = note("submit_sm", "", asked)
            started_s = time.monotonic()
            try:
                with contextlib.suppress(OSError):  # what it has said by then can still be read
                    connection.sendall(asked)
                return _Answer(connection, noted).wait()
            finally:
                if noted is not None:
                    noted.took_ms = round((time.monotonic() - started_s) * 1000)


class _Answer:
    """What the process says of a text; `has_left` is as its last word has it."""

    def __init__(self, connection: socket.socket, noted: Exchange | None = None) -> None:
        self._connection = connection
        self._noted = noted
        self._rest = b""
        self._has_left = False

    def wait(self) -> Sent:
        until = time.monotonic() + ANSWER_WITHIN_S
        why = "connection_dropped"
        while True:
            try:
                self._connection.settimeout(max(0.01, until - time.monotonic()))
                octets = self._connection.recv(_READ_BYTES)
            except TimeoutError:
                why = "answer_timeout"
                # From here on it cannot say any more that the text leaves, so that it does not;
                # what it said before is still here.
                self._connection.shutdown(socket.SHUT_RDWR)
                until = time.monotonic() + CONNECT_WITHIN_S
                continue
            except OSError:
                octets = b""
            if not octets:
                break
            sent = self._take(octets)
            if sent is not None:
                return sent
        if self._has_left:
            raise OutcomeUnknown(why)
        raise NotSent("bind_away" if why == "connection_dropped" else "queue_full")

    def _take(self, octets: bytes) -> Sent | None:
        *lines, self._rest = (self._rest + octets).split(b"\n")
        for line in lines:
            answer = json.loads(line)
            if "leaves" in answer or "back" in answer:
                self._has_left = "leaves" in answer
                continue
            ended = hand_over.ending(answer)
            if ended is not None and self._noted is not None:
                self._noted.read(line)
            if isinstance(ended, str):
                return Sent(ended or None, None, "")
            if ended is not None:
                raise ended
        return None
