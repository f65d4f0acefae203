"""Phones that speak as soon as they are answered: HTTP over kept sockets, one thread, one poll.

Requests are bytes made beforehand, so that while the clock runs nothing is done but send, receive
and compare. Everything shares the machine with what is measured, so the least is the best.
"""

import contextlib
import gc
import select
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

ANSWER_TIMEOUT_S = 10.0
RECEIVE_BYTES = 65_536
# The ends of a run are not counted: connections that start, and connections with nothing to do.
EDGE_SHARE = 0.05
# A machine that stands still for two seconds makes a turn end with "not now", honestly.
GIVEN_UP_SHARE_MAXIMUM = 0.02
GIVEN_UP_MINIMUM = 3


class WrongAnswer(Exception):
    """The server answered something else than this hop's screen: the figures would be of that."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A request as it goes over the wire, and what its answer's body must begin with."""

    request: bytes
    expected: bytes


Talk = Sequence[Hop]


@dataclass(slots=True)
class Answers:
    """When each answer came, and what it took, in seconds; `turns` says which hop of its talk.

    `held` talks came to their end, `given_up` ones to another END than was expected.
    """

    talks: int
    ends_s: list[float] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)
    held: int = 0
    given_up: int = 0

    def take(self, turn: int, talk: Talk, body: bytes, sent_s: float, now_s: float) -> bool:
        """Note an answer. Whether its talk goes on. Raises WrongAnswer."""
        expected = talk[turn].expected
        if not body.startswith(expected):
            self.given_up += 1
            few = max(GIVEN_UP_MINIMUM, self.talks * GIVEN_UP_SHARE_MAXIMUM)
            if not body.startswith(b"END ") or self.given_up > few:
                raise WrongAnswer(f"expected {expected!r}, got {body[:200]!r}")
            return False
        self.ends_s.append(now_s)
        self.took_s.append(now_s - sent_s)
        self.turns.append(turn)
        goes_on = turn + 1 < len(talk)
        self.held += not goes_on
        return goes_on

    @property
    def rate(self) -> float:
        """Answers a second, the edges of the run left out."""
        count = len(self.ends_s)
        first, last = int(count * EDGE_SHARE), int(count * (1 - EDGE_SHARE)) - 1
        return (last - first) / (self.ends_s[last] - self.ends_s[first])


@dataclass(slots=True)
class _Line:
    """One connection, and the talk that it is in."""

    connection: socket.socket
    talk: Talk = ()
    turn: int = 0
    sent_s: float = 0.0
    received: bytes = b""


@contextlib.contextmanager
def no_pauses() -> Iterator[None]:
    """Without the garbage collector, whose pauses would be counted as the server's."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def drive(port: int, talks: Sequence[Talk], connections: int) -> Answers:
    """Hold all talks over that many connections at once. Raises WrongAnswer, OSError."""
    answers = Answers(len(talks))
    waiting = iter(talks)
    poll = select.poll()
    lines: dict[int, _Line] = {}
    try:
        for _ in range(min(connections, len(talks))):
            line = _Line(socket.create_connection(("127.0.0.1", port), ANSWER_TIMEOUT_S))
            line.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lines[line.connection.fileno()] = line
            poll.register(line.connection, select.POLLIN)
        _hold(waiting, poll, lines, answers)
    finally:
        for line in lines.values():
            line.connection.close()
    return answers


def _hold(
    waiting: Iterator[Talk], poll: select.poll, lines: dict[int, _Line], answers: Answers
) -> None:
    busy = 0
    for line in lines.values():
        busy += _next(line, waiting)
    while busy:
        ready = poll.poll(ANSWER_TIMEOUT_S * 1000)
        if not ready:
            raise WrongAnswer(f"no answer within {ANSWER_TIMEOUT_S:g} s")
        for descriptor, _ in ready:
            line = lines[descriptor]
            data = line.connection.recv(RECEIVE_BYTES)
            now_s = perf_counter()
            if line.received:
                data = line.received + data
            body = body_of(data)
            if body is None:
                if not data:
                    raise WrongAnswer("the server closed the connection")
                line.received = data
                continue
            line.received = b""
            if answers.take(line.turn, line.talk, body, line.sent_s, now_s):
                line.turn += 1
                line.sent_s = perf_counter()
                line.connection.sendall(line.talk[line.turn].request)
            else:
                busy -= not _next(line, waiting)


def _next(line: _Line, waiting: Iterator[Talk]) -> bool:
    """Begin another talk. False when there is none left."""
    talk = next(waiting, None)
    if talk is None:
        return False
    line.talk, line.turn = talk, 0
    line.sent_s = perf_counter()
    line.connection.sendall(talk[0].request)
    return True


def body_of(data: bytes) -> bytes | None:
    """The body of a complete answer; None while some of it is missing. Raises WrongAnswer."""
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        return None
    if not head.startswith(b"HTTP/1.1 200"):
        raise WrongAnswer(repr(head[:200]))
    _, _, length = head.lower().partition(b"\r\ncontent-length: ")
    return body if len(body) >= int(length.partition(b"\r\n")[0]) else None


def in_turns(
    ports: Sequence[int],
    talks: Sequence[Sequence[Talk]],
    together: int,
    warm: Sequence[Sequence[Talk]],
) -> list[Answers]:
    """One phone a server, hop by hop in turns: first server, second, …, first again.

    `talks[i]` are held with `ports[i]`, all of equal number and length; `together` talks of a
    server are under way at once, taken one hop each in a round, so that what is measured at
    different turns of a talk is measured at the same time. `warm[i]` are held before, on the same
    connection; of them is counted only how they ended.
    """
    found = [Answers(len(own)) for own in talks]
    over: set[tuple[int, int]] = set()
    lines = [socket.create_connection(("127.0.0.1", port), ANSWER_TIMEOUT_S) for port in ports]
    try:
        for line in lines:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for line, own, answers in zip(lines, warm, found, strict=True):
            warming = Answers(len(own))
            for talk in own:
                for turn in range(len(talk)):
                    if not _exchange(line, talk, turn, warming):
                        break
            answers.held, answers.given_up = warming.held, warming.given_up
        for number, turn in _woven(len(talks[0]), len(talks[0][0]), together):
            for port, line in enumerate(lines):
                if (port, number) not in over and not _exchange(
                    line, talks[port][number], turn, found[port]
                ):
                    over.add((port, number))
    finally:
        for line in lines:
            line.close()
    return found


def _exchange(line: socket.socket, talk: Talk, turn: int, answers: Answers) -> bool:
    started_s = perf_counter()
    line.sendall(talk[turn].request)
    data = line.recv(RECEIVE_BYTES)
    while (body := body_of(data)) is None:
        more = line.recv(RECEIVE_BYTES)
        if not more:
            raise WrongAnswer("the server closed the connection")
        data += more
    return answers.take(turn, talk, body, started_s, perf_counter())


def _woven(talks: int, hops: int, together: int) -> Iterator[tuple[int, int]]:
    """(talk, turn) so that `together` talks are at evenly spread turns: each starts when the one
    before it is that much further on."""
    step = max(1, hops // together)
    for tick in range((talks - 1) * step + hops):
        newest = min(tick // step, talks - 1)
        oldest = max(0, (tick - hops) // step + 1)
        for talk in range(oldest, newest + 1):
            turn = tick - talk * step
            if 0 <= turn < hops:
                yield talk, turn
