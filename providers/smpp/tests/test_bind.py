"""A bind with the fake message centre: what leaves, what comes, and what becomes of it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
import smpp34

from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused, Sms
from providers.smpp import link, options, wire
from providers.smpp.bind import Bind, Leaving
from providers.smpp.fake import Centre
from providers.smpp.link import Answer

NUMBER = "+250788123456"
Result = TypeVar("Result")


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre(accounts={"piga": "pw"}) as running:
        yield running


def options_of(centre: Centre, **own: str) -> options.Options:
    return options.read(
        Account("piga", "pw", centre.url, options=tuple({"name": "main", **own}.items()))
    )


class Bound:
    """A bind in a loop of its own; `got` is what was delivered."""

    def __init__(self, read: options.Options) -> None:
        self.got: list[smpp34.DeliverSm] = []
        self.refused: list[int] = []
        self.answer = Answer(wire.OK)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.stop = asyncio.Event()
        self.bind = self.do(self._make(read))
        self.running = asyncio.run_coroutine_threadsafe(self.bind.run(self.stop), self.loop)

    async def _make(self, read: options.Options) -> Bind:
        return Bind(read, self._deliver, refused=self.refused.append)

    async def _deliver(self, message: smpp34.DeliverSm) -> Answer:
        self.got.append(message)
        return self.answer

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def wait_bound(self) -> None:
        async def bound() -> None:
            async with asyncio.timeout(10):
                while not self.bind.is_bound:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

        self.do(bound())

    def send(self, text: str, *, within_s: float = 5.0, leaving: Leaving | None = None) -> str:
        async def sent() -> str:
            until = self.loop.time() + within_s
            return await self.bind.send(Sms(NUMBER, text, "8100"), until, leaving or Leaving())

        return self.do(sent())

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.stop.set)
        self.running.result(20)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


Connect = Callable[..., Bound]


@pytest.fixture
def connect(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    monkeypatch.setattr("providers.smpp.bind.RECONNECT_FIRST_S", 0.05)
    made: list[Bound] = []

    def to(**own: str) -> Bound:
        bound = Bound(options_of(centre, **own))
        made.append(bound)
        bound.wait_bound()
        return bound

    yield to
    for each in made:
        each.close()


def test_a_text_leaves_with_our_numbers_and_gets_the_centres_id(
    centre: Centre, connect: Connect
) -> None:
    bound = connect()
    id = bound.send("Muraho €5 [1]")
    assert centre.handset.texts(NUMBER) == ["Muraho €5 [1]"]
    assert centre.handset.senders(NUMBER) == ["8100"]
    [taken] = centre.accepted
    assert id == f"main/{taken.id}"
    message = taken.message
    assert (message.data_coding, message.esm_class, message.registered_delivery) == (0, 0, 1)
    assert (message.source_addr_ton, message.source_addr_npi) == (3, 1)
    assert (message.dest_addr_ton, message.dest_addr_npi) == (1, 1)
    assert centre.wait(lambda: len(bound.got) == 1)
    assert bound.got[0].esm_class == 0x04


@pytest.mark.parametrize("how", ["udh", "sar", "payload"])
@pytest.mark.parametrize("text", ["a" * 152 + "€" + "b" * 200, "😀" * 40, "ẹ" * 70, "x" * 160])
def test_a_long_text_arrives_whole(centre: Centre, connect: Connect, how: str, text: str) -> None:
    bound = connect(long_messages=how)
    id = bound.send(text)
    assert centre.handset.texts(NUMBER) == [text]
    assert id == f"main/{centre.accepted[-1].id}"
    wanted = [each.message.registered_delivery for each in centre.accepted]
    assert wanted == [0] * (len(wanted) - 1) + [1]


@pytest.mark.parametrize("status", [wire.THROTTLED, wire.QUEUE_FULL])
def test_a_centre_that_wants_fewer_gets_the_text_again_later(
    centre: Centre, connect: Connect, status: int
) -> None:
    bound = connect()
    centre.misbehave(throttle=frozenset({1, 2}), throttle_status=status)
    assert bound.send("code 1234")
    assert centre.submits == 3
    assert centre.handset.texts(NUMBER) == ["code 1234"]


def test_one_that_stays_too_busy_refuses_what_may_be_sent_again(
    centre: Centre, connect: Connect
) -> None:
    bound = connect()
    centre.misbehave(throttle=frozenset(range(1, 50)))
    with pytest.raises(Refused) as refused:
        bound.send("x", within_s=1.0)
    assert (refused.value.code, refused.value.retryable) == ("throttled", True)
    assert centre.accepted == []


def test_a_throttled_text_holds_the_others_back(centre: Centre, connect: Connect) -> None:
    bound = connect(messages_a_second="0")
    centre.misbehave(throttle=frozenset({1}))

    async def three() -> None:
        until = bound.loop.time() + 5
        sends = (bound.bind.send(Sms(NUMBER, f"{n}"), until, Leaving()) for n in range(3))
        await asyncio.gather(*sends)

    bound.do(three())
    assert sorted(centre.handset.texts(NUMBER)) == ["0", "1", "2"]


def test_no_more_are_unanswered_than_the_window_allows(centre: Centre, connect: Connect) -> None:
    bound = connect(window="3", messages_a_second="0")
    centre.misbehave(answer_delay_s=0.1)

    async def many() -> None:
        until = bound.loop.time() + 5
        sends = (bound.bind.send(Sms(NUMBER, f"{n}"), until, Leaving()) for n in range(12))
        await asyncio.gather(*sends)

    bound.do(many())
    assert centre.most_unanswered == 3
    assert len(centre.accepted) == 12


def test_the_rate_is_kept(centre: Centre, connect: Connect) -> None:
    bound = connect(messages_a_second="20")
    began = bound.loop.time()
    for n in range(6):
        bound.send(f"{n}")
    assert bound.loop.time() - began >= 5 / 20


def test_what_was_taken_and_never_answered_is_unknown(centre: Centre, connect: Connect) -> None:
    bound = connect(response_s="1")
    centre.misbehave(swallow=frozenset({1}))
    with pytest.raises(OutcomeUnknown, match="answer_timeout"):
        bound.send("x")
    assert len(centre.accepted) == 1
    assert bound.send("y")


@pytest.mark.parametrize("when", ["hang_up_before", "hang_up_after"])
def test_a_connection_that_ends_on_a_text_leaves_it_unknown_and_comes_again(
    centre: Centre, connect: Connect, when: str
) -> None:
    bound = connect()
    centre.misbehave(**{when: frozenset({1})})
    with pytest.raises(OutcomeUnknown, match="connection_dropped"):
        bound.send("x")
    assert centre.wait(lambda: centre.binds == 2)
    bound.wait_bound()
    assert bound.send("y")


def test_while_it_is_not_bound_nothing_leaves(centre: Centre, connect: Connect) -> None:
    bound = connect()
    centre._call(_deafen(centre))
    centre.hang_up()
    assert centre.wait(lambda: not bound.bind.is_bound)
    with pytest.raises(NotSent, match="not_bound"):
        bound.send("x", within_s=0.2)


async def _deafen(centre: Centre) -> None:
    centre._server.close()


def test_a_part_that_is_refused_after_another_left_is_never_sent_again(
    centre: Centre, connect: Connect
) -> None:
    bound = connect()
    centre.misbehave(refuse=((2, 0x08),))
    with pytest.raises(OutcomeUnknown) as unknown:
        bound.send("a" * 200)
    assert (unknown.value.code, unknown.value.detail) == ("parts_missing", "gateway_error")


@pytest.mark.parametrize(
    ("status", "code", "alarm", "retryable"),
    [
        (0x0B, "invalid_number", False, False),
        (0x0A, "invalid_sender", True, False),
        (0x08, "gateway_error", False, True),
        (0x45, "refused", False, False),
        (0x400, "refused", False, False),  # a vendor's own
    ],
)
def test_refusals_say_what_they_prove(
    centre: Centre, connect: Connect, status: int, code: str, alarm: bool, retryable: bool
) -> None:
    bound = connect()
    centre.misbehave(refuse=((1, status),))
    with pytest.raises(Refused) as refused:
        bound.send("x")
    told = refused.value
    assert (told.code, told.alarm, told.retryable) == (code, alarm, retryable)
    assert told.detail == f"status 0x{status:02X}"


def test_a_connection_that_is_dead_is_found_out_and_replaced(
    centre: Centre, connect: Connect
) -> None:
    connect(enquire_link_s="1", response_s="1")
    centre.misbehave(silent=True)
    assert centre.wait(lambda: centre.binds == 2, 10)


def test_wrong_credentials_are_told_and_not_tried_at_once_again(centre: Centre) -> None:
    read = options.read(Account("piga", "wrong", centre.url))
    bound = Bound(read)
    for _ in range(100):
        if bound.refused:
            break
        threading.Event().wait(0.05)
    assert bound.refused == [0x0E]
    bound.close()
    assert centre.binds == 0


def test_what_is_not_answered_well_is_delivered_again(centre: Centre, connect: Connect) -> None:
    bound = connect()
    bound.answer = Answer(wire.TRY_LATER)
    centre.text(NUMBER, "8100", "hello")
    assert centre.wait(lambda: len(bound.got) == 2)
    assert centre.undelivered == 1
    bound.answer = Answer(wire.OK)
    assert centre.wait(lambda: centre.undelivered == 0)


def test_more_deliveries_than_can_be_worked_are_asked_to_come_again(
    centre: Centre, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "DELIVERIES_MAX", 0)
    bound = connect()
    centre.text(NUMBER, "8100", "hello")
    threading.Event().wait(0.3)
    assert (bound.got, centre.undelivered) == ([], 1)
    monkeypatch.setattr(link, "DELIVERIES_MAX", 10)
    assert centre.wait(lambda: centre.undelivered == 0)
    assert len(bound.got) == 1


def test_a_receipt_may_come_before_the_answer_that_names_its_id(
    centre: Centre, connect: Connect
) -> None:
    bound = connect()
    centre.misbehave(receipts="early")
    id = bound.send("x")
    assert bound.got
    assert f"id:{id.removeprefix('main/')}" in bound.got[0].short_message.decode()
