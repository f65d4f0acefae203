"""A bind that stays: connects again with back-off, sends within a window and at a rate, and holds
back when the message centre asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import smpp34

from providers.contracts.messages import NotSent, OutcomeUnknown, Refused, Scope, Sms
from providers.smpp import alphabets, answers, parts, receipts, wire
from providers.smpp.inbound import message_id
from providers.smpp.link import BindRefused, Deliver, Link, LinkDown
from providers.smpp.options import Options
from providers.smpp.parts import Piece
from providers.smpp.ussd import UssdSession

log = logging.getLogger(__name__)

RECONNECT_FIRST_S = 1.0
RECONNECT_LONGEST_S = 60.0
REFUSED_S = 60.0  # credentials do not mend themselves
HELD_FIRST_S = 0.5  # after a throttled submit_sm; doubled up to:
HELD_LONGEST_S = 8.0
STABLE_AFTER_S = 30.0

RECEIPT_WANTED = 0x01
_SHORT_CODE_DIGITS = 8


class Leaving:
    """Whom a submit_sm is sent for: told right before it leaves, and when it came back.

    `leaves` may raise OSError: whoever asked is gone, and it does not leave.
    """

    def leaves(self) -> None: ...

    def is_back(self) -> None: ...


@dataclass(slots=True)
class Numbering:
    """The reference numbers of long texts: the next one each time, from a random one on."""

    next: int = field(default_factory=lambda: random.randrange(256))  # noqa: S311

    def take(self) -> int:
        self.next = (self.next + 1) % 256
        return self.next


def address_kind(address: str) -> tuple[int, int]:
    """Type of number and numbering plan: a name, a short code, an international number."""
    if not address.removeprefix("+").isdigit():
        return 5, 0
    if len(address.removeprefix("+")) <= _SHORT_CODE_DIGITS:
        return 3, 1
    return 1, 1


class Bind:
    """`begins()` is called before each connection, `bound()` once the centre has taken it,
    `refused(status)` when it does not."""

    def __init__(
        self,
        options: Options,
        deliver: Deliver,
        *,
        begins: Callable[[], None] = lambda: None,
        bound: Callable[[], None] = lambda: None,
        refused: Callable[[int], None] = lambda status: None,
    ) -> None:
        self._options = options
        self._deliver = deliver
        self._begins = begins
        self._bound = bound
        self._refused = refused
        self._link: Link | None = None
        self._window = asyncio.Semaphore(options.window)
        self._next_at = 0.0
        self._held_until = 0.0
        self._held_s = 0.0
        self._numbering = Numbering()

    @property
    def is_bound(self) -> bool:
        return self._link is not None and not self._link.closed.is_set()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the bind until `stop`; then answer what is being worked, and unbind."""
        loop = asyncio.get_running_loop()
        pause_s = RECONNECT_FIRST_S
        while not stop.is_set():
            began = loop.time()
            self._begins()
            try:
                self._link = await Link.open(self._options, self._deliver)
                self._bound()
                await _first_of(self._link.closed, stop)
                if stop.is_set():
                    await self._link.unbind()
                    return
                log.warning("%s: the connection has ended", self._options.name)
                await self._link.close()
            except LinkDown as down:
                log.warning("%s: no connection (%s)", self._options.name, down)
            except BindRefused as refused:
                self._refused(refused.status)
                if refused.status in answers.WRONG_CREDENTIALS:
                    pause_s = REFUSED_S
            finally:
                self._link = None
            if loop.time() - began > STABLE_AFTER_S:
                pause_s = RECONNECT_FIRST_S
            spread = 1 + 0.2 * (2 * random.random() - 1)  # noqa: S311
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s * spread):
                    await stop.wait()
            pause_s = min(pause_s * 2, RECONNECT_LONGEST_S)

    # --- sending --------------------------------------------------------------------------------

    async def send(self, sms: Sms, until: float, leaving: Leaving) -> str:
        """Send a text, in as many parts as it takes, each before `until` (the loop's time); the id
        of its last part, whose receipt is that of the text.

        Raises NotSent, Refused, OutcomeUnknown.
        """
        options = self._options
        pieces = parts.cut(
            sms.text,
            self._numbering.take(),
            alphabet=options.default_alphabet,
            how=options.long_messages,
        )
        if len(pieces) > parts.PARTS_MAX:
            raise Refused("text_too_long", never_left=True, scope=Scope.TEXT)
        id = ""
        for index, piece in enumerate(pieces):
            is_last = index == len(pieces) - 1
            try:
                make = partial(self._text, sms, piece, is_last)
                id = await self._submit(make, until, leaving)
            except (NotSent, Refused) as error:
                if index == 0:
                    raise
                # Some of it is on its way, and the rest is not: no handset shows that, and nobody
                # may send it again.
                raise OutcomeUnknown("parts_missing", detail=error.code, scope=Scope.TEXT) from None
        return id

    async def show(
        self, session: UssdSession, reply_from: str, reply_to: str, text: str, *, ends: bool
    ) -> None:
        """Send a screen to whom is in a session. Raises NotSent, Refused, OutcomeUnknown: then the
        network's own time-out ends it."""
        options = self._options
        octets, coding = alphabets.encode(text, options.default_alphabet)
        operation = options.ussd_end if ends else options.ussd_ask
        source, destination = address_kind(reply_from), address_kind(reply_to)

        def make(sequence: int) -> bytes:
            return smpp34.SubmitSm(
                _bare(reply_from),
                _bare(reply_to),
                octets,
                service_type=options.ussd_service_type,
                source_addr_ton=source[0],
                source_addr_npi=source[1],
                dest_addr_ton=destination[0],
                dest_addr_npi=destination[1],
                data_coding=options.ussd_ucs2 if coding == alphabets.UCS2 else coding,
                tlvs=session.tlvs(operation, ends=ends),
                sequence_number=sequence,
            ).encode()

        until = asyncio.get_running_loop().time() + options.response_s
        await self._submit(make, until, Leaving(), paced=False)

    def _text(self, sms: Sms, piece: Piece, is_last: bool, sequence: int) -> bytes:
        source, destination = address_kind(sms.sender or ""), address_kind(sms.to)
        return smpp34.SubmitSm(
            _bare(sms.sender or ""),
            _bare(sms.to),
            piece.octets,
            service_type=self._options.service_type,
            source_addr_ton=source[0] if sms.sender else 0,
            source_addr_npi=source[1] if sms.sender else 0,
            dest_addr_ton=destination[0],
            dest_addr_npi=destination[1],
            esm_class=piece.esm_class,
            registered_delivery=RECEIPT_WANTED if is_last else 0,
            data_coding=piece.data_coding,
            tlvs=[smpp34.Tlv(tag, value) for tag, value in piece.tlvs],
            sequence_number=sequence,
        ).encode()

    async def _submit(
        self,
        make: Callable[[int], bytes],
        until: float,
        leaving: Leaving,
        *,
        paced: bool = True,
    ) -> str:
        """One submit_sm, again while the centre is too busy for it; the id it gets."""
        throttled = False
        while True:
            try:
                async with asyncio.timeout_at(until):
                    await self._turn(until if paced else None)
                    await self._window.acquire()
            except TimeoutError:
                if throttled:
                    raise answers.refusal(wire.THROTTLED) from None
                raise NotSent("queue_full" if self.is_bound else "not_bound") from None
            try:
                link = self._link
                if link is None or link.closed.is_set():
                    raise NotSent("not_bound")
                try:
                    leaving.leaves()
                except OSError:
                    raise NotSent("given_up") from None
                try:
                    answer = await link.submit(make)
                except LinkDown:
                    raise NotSent("not_bound") from None
            finally:
                self._window.release()
            if answer.command == wire.GENERIC_NACK and answer.status == wire.OK:
                raise OutcomeUnknown("unreadable_answer", scope=Scope.TEXT)
            if answer.status == wire.OK:
                self._held_s = 0.0
                id = receipts.same_case(
                    wire.first_string(answer.body), self._options.receipt_ids
                ).strip()
                return message_id(id, self._options) if id else ""
            if answer.status not in answers.THROTTLES:
                raise answers.refusal(answer.status)
            throttled = True
            with contextlib.suppress(OSError):
                leaving.is_back()
            self._hold()

    def _hold(self) -> None:
        """The centre wants fewer: all waits a while, the longer the more often it says so."""
        now = asyncio.get_running_loop().time()
        if now >= self._held_until:
            self._held_s = min(self._held_s * 2 or HELD_FIRST_S, HELD_LONGEST_S)
            self._held_until = now + self._held_s

    async def _turn(self, until: float | None) -> None:
        """Wait for one's turn by the rate (`until` None: without), and until nothing is held back.
        Raises TimeoutError where the turn comes after `until`."""
        loop = asyncio.get_running_loop()
        if until is not None and self._options.messages_a_second:
            at = max(self._next_at, loop.time())
            if at > until:
                raise TimeoutError
            self._next_at = at + 1 / self._options.messages_a_second
            await asyncio.sleep(at - loop.time())
        while (wait_s := self._held_until - loop.time()) > 0:  # noqa: ASYNC110 - it may grow
            await asyncio.sleep(wait_s)


def _bare(address: str) -> str:
    """An address without its plus, which the type of number stands for."""
    return address.removeprefix("+")


async def _first_of(*events: asyncio.Event) -> None:
    tasks: Sequence[asyncio.Task[bool]] = [asyncio.create_task(each.wait()) for each in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
