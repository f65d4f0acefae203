"""A subscriber's number by the IMSI, which is all that GSUP gives: asked of osmo-hlr by its CTRL
interface.

    GET 7 subscriber.by-imsi-901700000003080.msisdn
    GET_REPLY 7 subscriber.by-imsi-901700000003080.msisdn 250788000101
"""

import socket
import threading
import time
from typing import Final

from providers.contracts.errors import BadPayload
from providers.lines.address import Address
from providers.osmocom import ipa

ANSWER_TIMEOUT_S: Final = 1.0
RECEIVED_OCTETS: Final = 4_096
_NONE: Final = "none"


class NumbersDown(Exception):
    """CTRL did not answer in time."""


class Numbers:
    """Looks numbers up, on one connection that is made when it is needed. Any thread may ask; they
    take turns."""

    def __init__(self, address: Address, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._asking = threading.Lock()
        self._line: socket.socket | None = None
        self._frames = ipa.Frames()
        self._id = 0

    def number_of(self, imsi: str) -> str:
        """The MSISDN as the HLR has it: digits without a plus; "" for a subscriber who has none, or
        whom it does not know. Raises NumbersDown."""
        # The first try may be on a connection that a restarted HLR has closed.
        deadline_s = time.monotonic() + self._timeout_s
        if not self._asking.acquire(timeout=self._timeout_s):
            raise NumbersDown
        try:
            for fresh in (False, True):
                if fresh or self._line is None:
                    self._connect(deadline_s)
                try:
                    return self._ask(imsi, deadline_s)
                except (OSError, BadPayload) as fault:
                    self._close()
                    if fresh or isinstance(fault, TimeoutError):
                        raise NumbersDown from None
            raise AssertionError("unreachable")
        finally:
            self._asking.release()

    def close(self) -> None:
        with self._asking:
            self._close()

    def _connect(self, deadline_s: float) -> None:
        self._close()
        try:
            self._line = socket.create_connection(self._address, _left_s(deadline_s))
        except OSError:
            raise NumbersDown from None
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._frames = ipa.Frames()

    def _close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _ask(self, imsi: str, deadline_s: float) -> str:
        assert self._line is not None
        self._id += 1
        asked = f"{self._id} subscriber.by-imsi-{imsi}.msisdn"
        self._line.sendall(ipa.extended(ipa.CTRL, f"GET {asked}".encode("ascii")))
        while True:
            self._line.settimeout(_left_s(deadline_s))
            received = self._line.recv(RECEIVED_OCTETS)
            if not received:
                raise ConnectionResetError
            for protocol, payload in self._frames.take(received):
                # Traps go to everybody, and an answer may be to somebody whom we gave up.
                if protocol == ipa.OSMO and payload[0] == ipa.CTRL:
                    answer = payload[1:].decode("ascii", "replace")
                    if answer.startswith(f"GET_REPLY {asked} "):
                        told = answer.rpartition(" ")[2].strip("\0\n")
                        return "" if told == _NONE or not told.isdecimal() else told
                    if answer.startswith(f"ERROR {self._id} "):
                        return ""


def _left_s(deadline_s: float) -> float:
    """Raises TimeoutError."""
    left_s = deadline_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s
