"""Sessions in Redis for callers of a loop: one connection, and what they ask at the same moment
goes over it together."""

import contextlib
import socket
import ssl
from collections import deque
from typing import Any, Final, NamedTuple

import redis
from greenlet import getcurrent
from hiredis import PushNotification, Reader
from redis.exceptions import RedisError, ResponseError

from app.front.hub import Caller, Hub
from engine.store.sessions import (
    ANSWER_TIMEOUT_S,
    READ_BYTES,
    Command,
    Store,
    StoreDown,
    packed_of,
)

LOOK_EVERY_S: Final = 0.05


class _Asked(NamedTuple):
    """A caller who waits, how many answers for, and until when by the loop's clock."""

    caller: Caller
    answers: int
    until_s: float


class SharedStore(Store):
    """As `Store`. Others than the loop's callers, and connections by TLS, go the way of that."""

    def __init__(self, url: str, hub: Hub) -> None:
        super().__init__(url)
        self._hub = hub
        self._line: _SharedLine | None = None
        self._opening: list[Caller] | None = None

    def _run_all(self, *commands: Command) -> list[Any]:
        if not self._hub.is_caller():
            return super()._run_all(*commands)
        # As there: one try on what stood open, and one on a new one.
        for fresh in (False, True):
            try:
                line = self._line
                if line is None or line.is_closed:
                    line = self._open()
                if line is None:
                    return self._hub.aside(lambda: Store._run_all(self, *commands))
                return self._exchange_by(line, commands)
            except (RedisError, OSError) as fault:
                if fresh or isinstance(fault, redis.TimeoutError):
                    raise StoreDown(type(fault).__name__) from None
        raise AssertionError("unreachable")

    def _exchange_by(self, line: "_SharedLine", commands: tuple[Command, ...]) -> list[Any]:
        self.counts.round_trips = getattr(self.counts, "round_trips", 0) + 1
        answers = line.ask([packed_of(command, by_sha=True) for command in commands])
        for index, answer in enumerate(answers):
            if isinstance(answer, ResponseError):
                if not str(answer).startswith("NOSCRIPT"):
                    raise answer
                (again,) = line.ask([packed_of(commands[index], by_sha=False)])
                if isinstance(again, ResponseError):
                    raise again
                answers[index] = again
        return answers

    def _open(self) -> "_SharedLine | None":
        """A new connection, the same for all who want one now. None where it is by TLS. Raises
        RedisError, OSError."""
        if self._opening is not None:
            caller = getcurrent()
            assert isinstance(caller, Caller)
            self._opening.append(caller)
            self._hub.park()
            if self._line is None or self._line.is_closed:
                raise redis.ConnectionError
            return self._line
        self._opening = []
        try:
            connection = self._pool.connection_class(**self._pool.connection_kwargs)
            self._hub.aside(connection.connect)
            if isinstance(connection._sock, ssl.SSLSocket):
                connection.disconnect()
                return None
            self._line = _SharedLine(connection, self._hub)
            return self._line
        finally:
            waiting, self._opening = self._opening, None
            for caller in waiting:
                self._hub.loop.call_soon(caller.switch)


class _SharedLine:
    """A connection that the library has opened, for all callers of a loop: answers come in the
    order in which was asked."""

    def __init__(self, connection: Any, hub: Hub) -> None:
        self._connection = connection
        self._socket: socket.socket = connection._sock
        self._socket.setblocking(False)
        self._descriptor = self._socket.fileno()
        self._hub = hub
        self._reader = Reader(notEnoughData=Ellipsis, replyError=ResponseError)
        self._asked: deque[_Asked] = deque()
        self._answers: list[Any] = []
        self._to_send: list[bytes] = []
        self._is_looking = False
        self.is_closed = False
        hub.loop.add_reader(self._descriptor, self._receive)

    def ask(self, packed: list[bytes]) -> list[Any]:
        """The answers to these commands, in one round trip; a refusal is among them. Raises
        redis.TimeoutError, ConnectionError."""
        loop, caller = self._hub.loop, getcurrent()
        assert isinstance(caller, Caller)
        if not self._to_send:
            loop.call_soon(self._send)
        self._to_send += packed
        self._asked.append(_Asked(caller, len(packed), loop.time() + ANSWER_TIMEOUT_S))
        if not self._is_looking:
            self._is_looking = True
            loop.call_later(LOOK_EVERY_S, self._look)
        answers = self._hub.park()
        if isinstance(answers, Exception):
            raise answers
        found: list[Any] = answers
        return found

    def _send(self) -> None:
        if self.is_closed or not self._to_send:
            return
        data = b"".join(self._to_send)
        self._to_send.clear()
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self._end(redis.ConnectionError())
            return
        if sent < len(data):  # it reads slowly
            self._to_send.append(data[sent:])
            self._hub.loop.add_writer(self._descriptor, self._send_rest)

    def _send_rest(self) -> None:
        self._hub.loop.remove_writer(self._descriptor)
        self._send()

    def _receive(self) -> None:
        try:
            data = self._socket.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._end(redis.ConnectionError())
            return
        reader, answers = self._reader, self._answers
        reader.feed(data)
        try:
            while (answer := reader.gets()) is not Ellipsis:
                if type(answer) is PushNotification:
                    continue
                answers.append(answer)
                if len(answers) == self._asked[0].answers:
                    caller, found = self._asked.popleft().caller, answers
                    self._answers = answers = []
                    caller.switch(found)
        except (RedisError, IndexError):  # no answer to what was asked
            self._end(redis.ConnectionError())

    def _look(self) -> None:
        """End it where an answer takes too long."""
        self._is_looking = False
        if self.is_closed or not self._asked:
            return
        if self._asked[0].until_s <= self._hub.loop.time():
            self._end(redis.ConnectionError())
            return
        self._is_looking = True
        self._hub.loop.call_later(LOOK_EVERY_S, self._look)

    def _end(self, fault: RedisError) -> None:
        """Close it. Whoever waited too long is told so, the others try again."""
        if self.is_closed:
            return
        self.is_closed = True
        loop = self._hub.loop
        loop.remove_reader(self._descriptor)
        loop.remove_writer(self._descriptor)
        with contextlib.suppress(RedisError, OSError):
            self._connection.disconnect()
        now_s = loop.time()
        while self._asked:
            asked = self._asked.popleft()
            told = redis.TimeoutError() if asked.until_s <= now_s else fault
            loop.call_soon(asked.caller.switch, told)
