"""How the fake message centre misbehaves, and what it remembers of a text, a session, a client."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field

import smpp34

from providers.smpp import wire
from providers.smpp.wire import Pdu


@dataclass(frozen=True, slots=True)
class Faults:
    """How this centre misbehaves; counts are of submit_sm since they were set, from 1.

    - throttle: these are refused as too many, with `throttle_status`
    - refuse: these get this status
    - swallow: these are taken, and never answered
    - hang_up_before, hang_up_after: the connection ends instead of an answer; taken or not
    - answer_delay_s: before each submit_sm_resp
    - receipts: on, off, twice, early (before the submit_sm_resp that names the id)
    - deliveries: once; twice: each deliver_sm is sent two times; cut: the connection ends behind
      each, and its answer is lost
    - silent: nothing is answered, enquire_link neither
    """

    throttle: frozenset[int] = frozenset()
    throttle_status: int = wire.THROTTLED
    refuse: tuple[tuple[int, int], ...] = ()
    swallow: frozenset[int] = frozenset()
    hang_up_before: frozenset[int] = frozenset()
    hang_up_after: frozenset[int] = frozenset()
    answer_delay_s: float = 0.0
    receipts: str = "on"
    receipt_format: str = (
        "id:{id} sub:001 dlvrd:001 submit date:2611291030 done date:2611291031"
        " stat:{state} err:000 text:{text}"
    )
    receipt_ids: str = "same"
    receipt_tlvs: bool = True
    deliveries: str = "once"
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """A submit_sm that was taken."""

    id: str
    message: smpp34.SubmitSm
    tlvs: dict[int, bytes] = field(repr=False)


@dataclass(slots=True)
class Call:
    """A USSD session on the centre's side. `screens` are what was shown, the newest last."""

    number: str
    code: str
    info: int
    screens: list[str] = field(default_factory=list)
    ended: bool = False


class Client:
    """A connection of an ESME."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.bound_as = ""
        self.waiting: dict[int, asyncio.Future[Pdu]] = {}
        self.sequence = itertools.count(1)

    @property
    def receives(self) -> bool:
        return self.bound_as in ("receiver", "transceiver") and not self.writer.is_closing()
