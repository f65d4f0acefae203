"""A message centre on loopback: texts, receipts and USSD over real SMPP, with its faults.

It has a thread and an event loop of its own. What it delivers and gets no good answer to is kept
and delivered again, over the same connection or the next one, as centres do.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final, TypeVar

import smpp34

from providers.simulator.loopback import is_loopback_host
from providers.smpp import tags, wire
from providers.smpp.fake_faults import Accepted, Call, Client, Faults
from providers.smpp.fake_handset import Handset, pieces_of
from providers.smpp.wire import Pdu

Result = TypeVar("Result")
WAIT_S: Final = 20.0
SCREEN_WITHIN_S: Final = 8.0
RETRY_EVERY_S: Final = 0.5
ANSWER_WITHIN_S: Final = 10.0
CUT_AFTER_S: Final = 0.05


class Centre:
    """`with Centre(accounts={"piga": "secret"}) as centre:` listens on `centre.port`.

    Raises ValueError off loopback. All methods may be called from any thread.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, *, accounts: dict[str, str] | None = None
    ) -> None:
        if not is_loopback_host(host):
            raise ValueError("a fake listens on loopback only")
        self._host, self.port = host, port
        self._accounts = accounts
        self.faults = Faults()
        self.accepted: list[Accepted] = []
        self.handset = Handset()
        self.binds = 0
        self.submits = 0
        self.most_unanswered = 0
        self._unanswered = 0
        self._counted_from = 0
        self._ids = itertools.count(0x1A2B01)
        self._infos = itertools.count(2, 2)
        self._references = itertools.count(1)
        self._calls: dict[tuple[str, int], Call] = {}
        self._pending: dict[int, smpp34.DeliverSm] = {}
        self._in_flight: set[int] = set()
        self._numbers = itertools.count(1)
        self._clients: list[Client] = []
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smsc", daemon=True)

    def __enter__(self) -> Centre:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_S)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"smpp://{self._host}:{self.port}"

    # --- what a test or a phone does --------------------------------------------------------------

    def misbehave(self, **changes: Any) -> None:
        """Set some faults; submit_sm are counted from here."""

        async def change() -> None:
            self.faults = replace(self.faults, **changes)
            self._counted_from = self.submits

        self._call(change())

    def text(
        self,
        sender: str,
        to: str,
        text: str,
        *,
        how: str = "udh",
        order: Callable[[list[int]], list[int]] = lambda numbers: numbers,
    ) -> None:
        """A handset texts: in parts where it is long, `order` says in which order they come."""
        pieces = pieces_of(text, next(self._references) % 256, how)
        for index in order(list(range(len(pieces)))):
            piece = pieces[index]
            self._queue(
                smpp34.DeliverSm(
                    sender.removeprefix("+"),
                    to.removeprefix("+"),
                    piece.octets,
                    source_addr_ton=1,
                    source_addr_npi=1,
                    esm_class=piece.esm_class,
                    data_coding=piece.data_coding,
                    tlvs=[smpp34.Tlv(tag, value) for tag, value in piece.tlvs],
                )
            )

    def dial(self, number: str, dialled: str, code: str = "") -> Call:
        """Dial a code; the call once its first screen is there, or its time is up."""
        call = Call(number.removeprefix("+"), code or dialled, next(self._infos))
        self._calls[call.number, call.info] = call
        self._hop(call, dialled, 0x01)
        self._await_screen(call, 1)
        return call

    def answer(self, call: Call, text: str) -> str:
        """Answer a screen; the next one, or '' where none came in time."""
        count = len(call.screens)
        self._hop(call, text, 0x12)
        self._await_screen(call, count + 1)
        return call.screens[-1] if len(call.screens) > count else ""

    def abort(self, call: Call) -> None:
        """The person hangs up."""
        self._hop(call, "", 0x81)

    def hang_up(self) -> None:
        """End all connections, as a network does: without a word."""

        async def cut() -> None:
            for client in self._clients:
                client.writer.transport.abort()

        self._call(cut())

    def wait(self, condition: Callable[[], bool], timeout_s: float = WAIT_S) -> bool:
        """Wait until it holds; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(condition, timeout_s)

    @property
    def undelivered(self) -> int:
        """How many deliver_sm have no good answer yet."""
        return len(self._pending)

    def deliver(self, message: smpp34.DeliverSm) -> int:
        """Deliver any message, until it is answered; its number."""
        return self._queue(message)

    # --- delivering -------------------------------------------------------------------------------

    def _hop(self, call: Call, text: str, operation: int) -> None:
        octets, coding = pieces_of(text, 0, "whole")[0][:2] if text else (b"", 0)
        tlvs = [
            smpp34.Tlv(tags.USSD_SERVICE_OP, bytes([operation])),
            smpp34.Tlv(tags.ITS_SESSION_INFO, call.info.to_bytes(2, "big")),
        ]
        self._queue(
            smpp34.DeliverSm(
                call.number,
                call.code,
                octets,
                service_type="USSD",
                source_addr_ton=1,
                source_addr_npi=1,
                data_coding=coding,
                tlvs=tlvs,
            )
        )

    def _await_screen(self, call: Call, count: int) -> None:
        self.wait(lambda: len(call.screens) >= count or call.ended, SCREEN_WITHIN_S)

    def _queue(self, message: smpp34.DeliverSm) -> int:
        number = next(self._numbers)

        async def put() -> None:
            self._pending[number] = message
            self._push()

        self._call(put())
        return number

    def _push(self) -> None:
        """Start delivering what waits, where somebody is bound to get it."""
        client = next((one for one in self._clients if one.receives), None)
        if client is None:
            return
        for number in list(self._pending):
            if number not in self._in_flight:
                self._in_flight.add(number)
                for _ in range(2 if self.faults.deliveries == "twice" else 1):
                    self._start(self._deliver(client, number))

    async def _deliver(self, client: Client, number: int) -> None:
        message = self._pending.get(number)
        if message is None:
            return
        sequence = next(client.sequence)
        future: asyncio.Future[Pdu] = self._loop.create_future()
        client.waiting[sequence] = future
        fields = {name: getattr(message, name) for name in _FIELDS}
        client.writer.write(smpp34.DeliverSm(**fields, sequence_number=sequence).encode())
        answered = False
        with contextlib.suppress(TimeoutError, OSError, asyncio.CancelledError):
            await client.writer.drain()
            if self.faults.deliveries == "cut":
                await asyncio.sleep(CUT_AFTER_S)
                client.writer.transport.abort()
            else:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    answered = (await future).status == wire.OK
        client.waiting.pop(sequence, None)
        self._in_flight.discard(number)
        if answered:
            self._pending.pop(number, None)
        elif number in self._pending:
            self._loop.call_later(RETRY_EVERY_S, self._push)
        self._notify()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # --- connections ------------------------------------------------------------------------------

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for client in self._clients:
            client.writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(reader, writer)
        self._clients.append(client)
        try:
            while True:
                pdu = await wire.read(reader)
                if not self._take(client, pdu):
                    break
        except (asyncio.IncompleteReadError, OSError, wire.Unreadable):
            pass
        finally:
            self._clients.remove(client)
            writer.close()
            for future in client.waiting.values():
                future.cancel()
            self._notify()

    def _take(self, client: Client, pdu: Pdu) -> bool:
        command, sequence = pdu.command, pdu.sequence
        if self.faults.silent and command not in wire.BINDS.values():
            return True
        if command & wire.RESPONSE:
            future = client.waiting.get(sequence)
            if future is not None and not future.done():
                future.set_result(pdu)
        elif command in wire.BINDS.values():
            self._bind(client, pdu)
        elif command == wire.ENQUIRE_LINK:
            self._answer(client, pdu)
        elif command == wire.UNBIND:
            self._answer(client, pdu)
            return False
        elif isinstance(pdu.message, smpp34.SubmitSm) and client.bound_as not in ("", "receiver"):
            self._start(self._submitted(client, pdu, pdu.message))
        else:
            self._answer(client, pdu, wire.WRONG_STATE)
        return True

    def _answer(self, client: Client, pdu: Pdu, status: int = wire.OK, body: bytes = b"") -> None:
        if not client.writer.is_closing():
            octets = wire.write(pdu.command | wire.RESPONSE, pdu.sequence, body, status)
            client.writer.write(octets)

    def _bind(self, client: Client, pdu: Pdu) -> None:
        system_id, password = pdu.body.split(b"\0")[:2]
        known = self._accounts
        if known is not None and known.get(system_id.decode("latin-1")) != password.decode(
            "latin-1"
        ):
            self._answer(client, pdu, 0x0E, b"\0")
            return
        kinds = {number: name for name, number in wire.BINDS.items()}
        client.bound_as = kinds[pdu.command]
        self.binds += 1
        self._answer(client, pdu, body=b"smsc\0")
        self._push()
        self._notify()

    async def _submitted(self, client: Client, pdu: Pdu, message: smpp34.SubmitSm) -> None:
        self.submits += 1
        nth, faults = self.submits - self._counted_from, self.faults
        self._unanswered += 1
        self.most_unanswered = max(self.most_unanswered, self._unanswered)
        self._notify()
        try:
            if faults.answer_delay_s:
                await asyncio.sleep(faults.answer_delay_s)
            status = dict(faults.refuse).get(nth)
            if nth in faults.throttle:
                status = faults.throttle_status
            if nth in faults.hang_up_before:
                client.writer.transport.abort()
                return
            if status is not None:
                self._answer(client, pdu, status)
                return
            taken = Accepted(f"{next(self._ids):X}", message, wire.tlvs_of(message))
            self._accept(taken)
            if nth in faults.hang_up_after:
                client.writer.transport.abort()
            elif nth not in faults.swallow:
                if faults.receipts == "early":
                    await asyncio.sleep(0.1)
                self._answer(client, pdu, body=wire.c_string(taken.id))
        finally:
            self._unanswered -= 1
            self._notify()

    def _accept(self, taken: Accepted) -> None:
        self.accepted.append(taken)
        operation = taken.tlvs.get(tags.USSD_SERVICE_OP)
        if operation is not None:
            self._show(taken, operation[-1])
            return
        self.handset.take(taken.message, taken.tlvs)
        if taken.message.registered_delivery & 1 and self.faults.receipts != "off":
            for _ in range(2 if self.faults.receipts == "twice" else 1):
                self._report(taken)

    def _show(self, taken: Accepted, operation: int) -> None:
        info = int.from_bytes(taken.tlvs.get(tags.ITS_SESSION_INFO, b"\0\0"), "big")
        call = self._calls.get((taken.message.destination_addr, info & 0xFFFE))
        if call is not None and not call.ended:
            call.screens.append(self.handset.read(taken.message, taken.tlvs))
            call.ended = operation != 0x02 or bool(info & 1)

    def _report(self, taken: Accepted) -> None:
        """A receipt, after a moment: it comes from the handset to our sender."""
        faults, message = self.faults, taken.message
        id = taken.id if faults.receipt_ids == "same" else str(int(taken.id, 16))
        text = faults.receipt_format.format(id=id, state="DELIVRD", text="")
        tlvs = []
        if faults.receipt_tlvs:
            tlvs.append(smpp34.Tlv(tags.RECEIPTED_MESSAGE_ID, taken.id.encode() + b"\0"))
            tlvs.append(smpp34.Tlv(tags.MESSAGE_STATE, b"\x02"))
        receipt = smpp34.DeliverSm(
            message.destination_addr,
            message.source_addr,
            text.encode(),
            source_addr_ton=1,
            source_addr_npi=1,
            esm_class=0x04,
            tlvs=tlvs,
        )
        self._pending[next(self._numbers)] = receipt
        self._loop.call_later(0.0 if faults.receipts == "early" else 0.05, self._push)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _call(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S)


_FIELDS: Final = (
    *("source_addr", "destination_addr", "short_message", "service_type"),
    *("source_addr_ton", "source_addr_npi", "dest_addr_ton", "dest_addr_npi"),
    *("esm_class", "data_coding", "tlvs"),
)
