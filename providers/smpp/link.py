"""One connection to a message centre, from its bind to its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import smpp34

from providers.contracts.messages import OutcomeUnknown
from providers.smpp import wire
from providers.smpp.options import Options
from providers.smpp.wire import Pdu

log = logging.getLogger(__name__)

CONNECT_WITHIN_S = 10.0
# Deliveries that are being worked; more are asked to come again.
DELIVERIES_MAX = 200


class Answer(NamedTuple):
    """The command_status of a deliver_sm_resp. `then(left)` is called once in any case: whether the
    answer has left, or there was no connection to send it over any more."""

    status: int
    then: Callable[[bool], Awaitable[None]] | None = None


# Works a deliver_sm. Raises nothing.
Deliver = Callable[[smpp34.DeliverSm], Awaitable[Answer]]


class LinkDown(Exception):
    """The connection is gone, or could not be made. The text is a code."""


class BindRefused(Exception):
    """The centre does not take the bind; `status` is its command_status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"bind refused: 0x{status:08X}")
        self.status = status


class Link:
    """A bound connection. `closed` is done when it has ended, from whichever side."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        options: Options,
        deliver: Deliver,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._options = options
        self._deliver = deliver
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()
        self._heard = time.monotonic()
        self.closed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, options: Options, deliver: Deliver) -> Link:
        """Connect and bind. Raises LinkDown, BindRefused."""
        tls = ssl.create_default_context() if options.tls else None
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                reader, writer = await asyncio.open_connection(options.host, options.port, ssl=tls)
        except (OSError, TimeoutError) as error:
            raise LinkDown(type(error).__name__) from None
        link = cls(reader, writer, options, deliver)
        link._tasks.append(asyncio.create_task(link._read()))
        try:
            body = wire.bind_body(options.system_id, options.password, options.system_type)
            answer = await link._request(wire.BINDS[options.bind], body)
            if answer.status != wire.OK:
                raise BindRefused(answer.status)
        except OutcomeUnknown as error:
            await link.close()
            raise LinkDown(error.code) from None
        except BaseException:
            await link.close()
            raise
        link._tasks.append(asyncio.create_task(link._watch()))
        return link

    async def submit(self, make: Callable[[int], bytes]) -> Pdu:
        """Send the submit_sm that `make` writes for a sequence number; its answer. Raises LinkDown
        where nothing can have left, OutcomeUnknown where it may have."""
        if self.closed.is_set():
            raise LinkDown("closed")
        sequence = self._next()
        return await self._exchange(sequence, make(sequence))

    async def unbind(self) -> None:
        """Say good-bye, once the deliveries that are being worked are answered, and close."""
        deadline = asyncio.get_running_loop().time() + self._options.response_s
        with contextlib.suppress(OutcomeUnknown, LinkDown, TimeoutError):
            async with asyncio.timeout_at(deadline):
                if self._deliveries:
                    await asyncio.wait(self._deliveries)
                await self._request(wire.UNBIND, b"")
        await self.close()

    async def close(self) -> None:
        """End the connection; what waits for an answer learns that none comes."""
        self._end()
        for task in (*self._tasks, *self._deliveries):
            if task is not asyncio.current_task():
                task.cancel()
        with contextlib.suppress(Exception):
            await self._writer.wait_closed()

    def _end(self) -> None:
        self.closed.set()
        self._writer.close()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(OutcomeUnknown("connection_dropped"))
        self._waiting.clear()

    def _next(self) -> int:
        self._sequence = self._sequence % wire.SEQUENCE_MAX + 1
        return self._sequence

    async def _request(self, command: int, body: bytes) -> Pdu:
        sequence = self._next()
        return await self._exchange(sequence, wire.write(command, sequence, body))

    async def _exchange(self, sequence: int, octets: bytes) -> Pdu:
        future: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = future
        try:
            self._writer.write(octets)
            async with asyncio.timeout(self._options.response_s):
                await self._writer.drain()
                return await future
        except TimeoutError:
            raise OutcomeUnknown("answer_timeout") from None
        except OSError:
            raise OutcomeUnknown("connection_dropped") from None
        finally:
            self._waiting.pop(sequence, None)

    # --- what comes -----------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            while True:
                try:
                    pdu = await wire.read(self._reader)
                except wire.Unreadable as fault:
                    self._heard = time.monotonic()
                    log.warning("%s: a PDU that cannot be read", self._options.name)
                    if fault.pdu is None:
                        self._write(wire.GENERIC_NACK, 0, status=0x02)
                        return  # where the next one begins, nobody knows
                    self._write(
                        fault.pdu.command | wire.RESPONSE,
                        fault.pdu.sequence,
                        b"\0",
                        wire.INVALID_LENGTH,
                    )
                    continue
                self._heard = time.monotonic()
                if not self._take(pdu):
                    return
                await self._writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._end()

    def _take(self, pdu: Pdu) -> bool:
        """False when the centre has said good-bye."""
        command, sequence = pdu.command, pdu.sequence
        if command & wire.RESPONSE:
            future = self._waiting.pop(sequence, None)
            if future is not None and not future.done():
                future.set_result(pdu)
            elif command != wire.GENERIC_NACK:
                log.warning("%s: an answer that nobody waits for", self._options.name)
        elif command == wire.DELIVER_SM and isinstance(pdu.message, smpp34.DeliverSm):
            if len(self._deliveries) >= DELIVERIES_MAX:
                self._write(command | wire.RESPONSE, sequence, b"\0", wire.QUEUE_FULL)
                return True
            task = asyncio.create_task(self._work(sequence, pdu.message))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)
        elif command == wire.ENQUIRE_LINK:
            self._write(command | wire.RESPONSE, sequence)
        elif command == wire.UNBIND:
            self._write(command | wire.RESPONSE, sequence)
            return False
        elif command not in (wire.ALERT_NOTIFICATION, wire.OUTBIND):  # those want no answer
            self._write(wire.GENERIC_NACK, sequence, status=wire.INVALID_COMMAND)
        return True

    async def _work(self, sequence: int, message: smpp34.DeliverSm) -> None:
        answer = await self._deliver(message)
        left = False
        try:
            if not self.closed.is_set():
                self._write(wire.DELIVER_SM | wire.RESPONSE, sequence, b"\0", answer.status)
                with contextlib.suppress(OSError):
                    await self._writer.drain()
                    left = not self.closed.is_set()
        finally:
            if answer.then is not None:
                await answer.then(left)

    def _write(self, command: int, sequence: int, body: bytes = b"", status: int = wire.OK) -> None:
        if not self._writer.is_closing():
            self._writer.write(wire.write(command, sequence, body, status))

    async def _watch(self) -> None:
        """Ask whether the other side is there when it has been silent; end a dead connection."""
        period_s = self._options.enquire_link_s
        while not self.closed.is_set():
            silent_s = time.monotonic() - self._heard
            if silent_s < period_s:
                await asyncio.sleep(period_s - silent_s)
                continue
            try:
                await self._request(wire.ENQUIRE_LINK, b"")
            except OutcomeUnknown:
                log.warning("%s: no answer to enquire_link", self._options.name)
                self._end()
