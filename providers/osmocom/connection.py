"""The connection of an external USSD entity to osmo-hlr: who we are, whether the other side is
still there, and another try when it is not."""

import contextlib
import logging
import random
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from providers.contracts.errors import BadPayload
from providers.osmocom import gsup, ipa
from providers.osmocom.address import Address

log = logging.getLogger(__name__)

NAME_PREFIX: Final = "EUSE-"
RECEIVED_OCTETS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Timing:
    """How long what may take. The tests have shorter ones."""

    connect_s: float = 3.0
    send_s: float = 2.0
    silence_s: float = 20.0  # then we ask whether the other side is there
    answer_s: float = 5.0  # to that, and until we are asked who we are
    again_first_s: float = 0.5
    again_longest_s: float = 10.0
    tick_s: float = 0.25


class LineDown(Exception):
    """There is no connection to send on; or it was lost, and nobody knows what has left."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a connection: what is called, on the thread of `run`, and must not wait long.

    `take(message)`: a message of a USSD session. `up()`: connected, and we have said who we are.
    `down(seconds)`: a try has failed, and for so long there has been no connection. `finish()`: a
    connection that is there is about to be given up, because of `stop`.
    """

    take: Callable[[gsup.Message], None]
    up: Callable[[], None] = lambda: None
    down: Callable[[float], None] = lambda _: None
    finish: Callable[[], None] = lambda: None


class Connection:
    """One connection at a time, made again for as long as `run` runs. `send` may be called from
    any thread."""

    def __init__(self, address: Address, name: str, timing: Timing | None = None) -> None:
        """`name` is what osmo-hlr's configuration calls the entity: `euse NAME`."""
        self._address = address
        self._name = NAME_PREFIX + name
        self._timing = timing or Timing()
        self._socket: socket.socket | None = None
        self._sending = threading.Lock()
        self._is_known = False  # we have said who we are

    def run(self, stop: threading.Event, owner: Owner) -> None:
        """Connect, and again whenever the connection is lost, until `stop` is set."""
        pause_s = self._timing.again_first_s
        down_since_s = time.monotonic()
        while not stop.is_set():
            try:
                with socket.create_connection(self._address, self._timing.connect_s) as line:
                    self._use(line, stop, owner)
            except OSError as fault:
                log.info("osmo-hlr: no connection: %s", type(fault).__name__)
            except BadPayload as fault:
                log.warning("osmo-hlr: the stream cannot be read: %s", fault)
            if self._is_known:
                self._is_known = False
                pause_s = self._timing.again_first_s
                down_since_s = time.monotonic()
            if stop.is_set():
                return
            owner.down(time.monotonic() - down_since_s)
            # Not all at once after an outage of the HLR.
            stop.wait(pause_s * random.uniform(0.5, 1.0))  # noqa: S311
            pause_s = min(pause_s * 2, self._timing.again_longest_s)

    def send(self, message: gsup.Message) -> None:
        """Raises LineDown."""
        self._write(ipa.extended(ipa.GSUP, message.encode()))

    def _use(self, line: socket.socket, stop: threading.Event, owner: Owner) -> None:
        """Read until the other side goes, is silent, or `stop` is set."""
        timing = self._timing
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(timing.send_s)
        frames = ipa.Frames()
        with self._sending:
            self._socket = line
        # At first they ask who we are; later it is we who ask, after a silence.
        until_s, asked = time.monotonic() + timing.answer_s, True
        try:
            while not stop.is_set():
                if time.monotonic() > until_s:
                    if asked:
                        log.warning("osmo-hlr: silent; connecting again")
                        return
                    until_s, asked = time.monotonic() + timing.answer_s, True
                    self._write(ipa.frame(ipa.CCM, ipa.PING))
                if not select.select([line], [], [], timing.tick_s)[0]:
                    continue
                received = line.recv(RECEIVED_OCTETS)
                if not received:
                    return
                until_s, asked = time.monotonic() + timing.silence_s, False
                for protocol, payload in frames.take(received):
                    self._on_frame(protocol, payload, owner)
            owner.finish()
        except LineDown:
            pass
        finally:
            with self._sending:
                self._socket = None

    def _on_frame(self, protocol: int, payload: bytes, owner: Owner) -> None:
        if protocol == ipa.CCM:
            self._on_own(payload, owner)
        elif protocol == ipa.OSMO and payload[0] == ipa.GSUP:
            try:
                message = gsup.decode(payload[1:])
            except BadPayload as fault:
                log.warning("osmo-hlr: a message cannot be read: %s", fault)
                return
            if message is not None:
                owner.take(message)

    def _on_own(self, payload: bytes, owner: Owner) -> None:
        if payload == ipa.PING:
            self._write(ipa.frame(ipa.CCM, ipa.PONG))
        elif payload[0] == ipa.ID_GET:
            # osmo-hlr does not say that it has taken the name, nor that somebody else has it.
            self._write(ipa.identity(self._name))
            if not self._is_known:
                self._is_known = True
                owner.up()

    def _write(self, octets: bytes) -> None:
        with self._sending:
            line = self._socket
            if line is None:
                raise LineDown
            try:
                line.sendall(octets)
            except OSError:
                # A part may have left: what follows would be read as its rest.
                self._socket = None
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                raise LineDown from None
