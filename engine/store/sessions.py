"""Sessions in Redis: loaded and locked in one round trip, saved in one.

A session, its replies and its share of the turn log are in one slot of a cluster (hash tag:
session hash mod 256). The lock is a random token with an expiry; the save writes only while the
token is still there, so that a slow turn never overwrites its successor.
"""

import socket
import ssl
import struct
import threading
from collections.abc import Collection, Sequence
from time import monotonic
from typing import Any, Final, NamedTuple, TypeAlias

import redis
from hiredis import PushNotification, Reader, pack_command
from redis.exceptions import RedisError, ResponseError

from engine.limits import AHEAD_FOR_S, LOCK_MS, SESSION_KEPT_S, TURN_STREAM_LENGTH
from engine.store.scripts import (
    CLEAR,
    FIRST_TO_TELL,
    OPEN,
    SAVE,
    TAKE_OVER,
    UNLOCK,
    Call,
)

CONNECT_TIMEOUT_S = 0.3
ANSWER_TIMEOUT_S = 0.7
IDLE_CONNECTIONS_MAXIMUM = 16
READ_BYTES = 65_536
SCANNED_AT_ONCE = 1_000
SCANS_MAXIMUM = 5_000

_TIME = struct.Struct("ll")  # as the kernel has a time-out: seconds and microseconds


class Levels(NamedTuple):
    """What a hop is counted by: keys, and their sizes in microseconds, in digits, two each
    (`lua/open.lua`). `ahead` says how many hops of the service are to be counted with this one, 0
    where it was counted before it came, and is told how many were."""

    keys: tuple[str, ...]
    sizes: tuple[bytes, ...]
    ahead: "HopsAhead"


Command: TypeAlias = Call | tuple[str | bytes | int, ...]


class HopsAhead:
    """Hops of one service that this process has counted and that have not come yet: where many
    come, one in `most` asks Redis for all of them. Too many may be counted so, never too few. Of
    sessions that have begun only. Safe to share between threads."""

    __slots__ = ("_asks", "_left", "_until_s", "most")

    def __init__(self, most: int) -> None:
        self.most: Final = most
        self._asks = 1
        self._left: list[None] = []
        self._until_s = 0.0

    def ask(self) -> int:
        """How many hops to count, this one among them; 0 where it is counted already."""
        now_s = monotonic()
        if now_s < self._until_s:
            try:
                self._left.pop()
            except IndexError:  # what was counted was used up in time: more at once
                asks, self._asks = self._asks, 1  # and the others singly until it is answered
                return asks
            return 0
        self._left.clear()
        self._until_s, self._asks = now_s + AHEAD_FOR_S, 1
        return 1

    def counted(self, hops: int) -> None:
        """So many were."""
        if hops > 0:
            self._asks = min(max(self._asks, 2 * hops), self.most) or 1
        if hops > 1:
            self._until_s = monotonic() + AHEAD_FOR_S
            self._left.extend([None] * (hops - 1))


class StoreDown(Exception):
    """Redis did not answer in time. Menus go on by walking the text; money does not."""


class Opened(NamedTuple):
    """What loading a session came to: an earlier reply; a copy that is being worked (`busy`); or
    ours, with its data ("" for a new one).

    `too_many` is which of the limits is reached (`engine.hop_limits`): nothing was opened. `moved`:
    it was gone on with by another session. `earlier` is the session that the phone had
    before, where it was asked for.
    """

    reply: bytes | None = None
    busy: bool = False
    data: bytes = b""
    moved: bool = False
    too_many: int | None = None
    earlier: bytes | None = None


class _Line:
    """A connection that the library has opened, with its sign-in and its database. Python polls
    before each call of a socket that has a time-out, and so asks the kernel twice: this one has
    none, and the kernel keeps the time. Not shared between threads. Raises redis.RedisError and
    OSError, whereupon it is to be closed."""

    __slots__ = ("_connection", "_reader", "_socket")

    def __init__(self, pool: redis.ConnectionPool, answer_timeout_s: float) -> None:
        self._connection: Final = pool.connection_class(**pool.connection_kwargs)
        self._connection.connect()
        self._socket: Final[socket.socket] = self._connection._sock
        if not isinstance(self._socket, ssl.SSLSocket):  # which polls in any case
            seconds, rest_s = divmod(answer_timeout_s, 1)
            longest = _TIME.pack(int(seconds), int(rest_s * 1e6))
            self._socket.settimeout(None)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, longest)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, longest)
        self._reader: Final = Reader(notEnoughData=Ellipsis, replyError=ResponseError)

    def ask(self, packed: Sequence[bytes]) -> list[Any]:
        """The answers to commands, in one round trip; a refusal is among them as a ResponseError.
        Raises redis.TimeoutError where one takes too long."""
        try:
            self._socket.sendall(b"".join(packed))
            return [self._read() for _ in packed]
        except (TimeoutError, BlockingIOError):  # by Python's clock, or the kernel's
            raise redis.TimeoutError from None

    def _read(self) -> Any:
        reader = self._reader
        while True:
            answer = reader.gets()
            if answer is Ellipsis:
                data = self._socket.recv(READ_BYTES)
                if not data:
                    raise redis.ConnectionError
                reader.feed(data)
            elif type(answer) is not PushNotification:
                return answer

    def close(self) -> None:
        self._connection.disconnect()


class Store:
    """Sessions, by their keyed hashes (32 hexadecimal digits)."""

    def __init__(self, url: str) -> None:
        self._pool = redis.ConnectionPool.from_url(
            url,
            socket_timeout=ANSWER_TIMEOUT_S,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
        )
        self._idle: list[_Line] = []
        self.counts = threading.local()

    def open(
        self,
        session: str,
        reply_key: str,
        token: bytes,
        pointer: str | None,
        levels: Levels | None = None,
    ) -> Opened:
        """Load and lock, in one round trip. With `pointer` (a first hop) also learn which session
        this phone had before; with `levels` a hop that is to be worked is counted, and nothing is
        opened where there are too many. Raises StoreDown."""
        key, arguments = _session_key(session), (reply_key, token, LOCK_MS)
        if levels is None:
            command = Call(OPEN, (key,), (*arguments, 1))
        else:
            asked = levels.ahead.ask()
            command = Call(OPEN, (key, *levels.keys), (*arguments, asked, *levels.sizes))
        commands: list[Command] = [command]
        if pointer is not None:
            commands.append(("GET", f"last:{pointer}"))
        answer, *more = self._run_all(*commands)
        match answer:
            case [b"R", bytes(reply)]:
                return Opened(reply=reply)
            case [b"B"]:
                return Opened(busy=True)
            case [b"L", int(which)]:
                return Opened(too_many=which)
        _, data, moved, counted = answer
        if levels is not None:
            levels.ahead.counted(counted)
        return Opened(
            data=data,
            moved=moved != b"",
            earlier=more[0] if pointer is not None else None,
        )

    def save(
        self,
        session: str,
        token: bytes,
        *,
        data: bytes,
        reply_key: str,
        reply: bytes,
        log: bytes,
        pointer: str | None = None,
        keeps: bool = True,
    ) -> bool:
        """Save, remember the reply, log the turn and unlock, in one round trip. `keeps`: it is kept
        for SESSION_KEPT_S from now on, and not from when that was said last. With `pointer` (a
        first hop) this is from now on the session that the phone began last: not before, so that
        a first hop that fails does not hide what the session before it has done.

        False when the lock was lost meanwhile: the session was not written. Raises StoreDown.
        """
        keys = (_session_key(session), _stream(session))
        kept_s = SESSION_KEPT_S if keeps else 0
        arguments = (token, data, reply_key, reply, kept_s, log, TURN_STREAM_LENGTH)
        command = Call(SAVE, keys, arguments)
        if pointer is None:
            return bool(self._run(command) == 1)
        last = ("SET", f"last:{pointer}", session, "EX", SESSION_KEPT_S)
        return bool(self._run_all(command, last)[0] == 1)

    def unlock(
        self, session: str, token: bytes, log: bytes = b"", reply_key: str = "", reply: bytes = b""
    ) -> bool:
        """Let go without saving; a turn that failed is logged, and its answer kept for copies of
        its hop. False when the lock was lost meanwhile: a copy may be working. Raises StoreDown."""
        keys = (_session_key(session), _stream(session))
        arguments = (token, log, TURN_STREAM_LENGTH, reply_key, reply, SESSION_KEPT_S)
        return bool(self._run(Call(UNLOCK, keys, arguments)) == 1)

    def clear(self, session: str, token: bytes) -> bool:
        """Forget all of a session but the lock; False when that was lost. Raises StoreDown."""
        return bool(self._run(Call(CLEAR, (_session_key(session),), (token, LOCK_MS))) == 1)

    def reply(self, session: str, reply_key: str) -> bytes | None:
        """The reply that was kept under this key. Raises StoreDown."""
        reply: bytes | None = self._run(("HGET", _session_key(session), reply_key))
        return reply

    def last_session(self, pointer: str) -> bytes | None:
        """The session that this phone began last. Raises StoreDown."""
        found: bytes | None = self._run(("GET", f"last:{pointer}"))
        return found

    def take_over(self, session: str) -> bytes | None:
        """The data of an earlier session of the same phone, which from now on takes no answers;
        None when there is none, b"" while its turn is running. Raises StoreDown."""
        data: bytes | None = self._run(Call(TAKE_OVER, (_session_key(session),)))
        return data

    def first_to_tell(self, session: str, asking: str) -> bool:
        """Whether the session `asking` is to tell what an earlier one has done: it is known here no
        more, and no other session has said so before. Raises StoreDown."""
        command = Call(FIRST_TO_TELL, (_session_key(session),), (asking, SESSION_KEPT_S))
        return bool(self._run(command) == 1)

    def note(self, name: str, text: str) -> None:
        """Keep what a wire must know of a session beside it, as long as a session. `name` is a
        keyed hash; nothing personal belongs in the text. Raises StoreDown."""
        self._run(("SET", f"beside:{name}", text, "EX", SESSION_KEPT_S))

    def noted(self, name: str) -> str | None:
        """What `note` kept. Raises StoreDown."""
        found: bytes | None = self._run(("GET", f"beside:{name}"))
        return None if found is None else found.decode()

    def drop(self, session: str) -> None:
        """Forget all of a session. Raises StoreDown."""
        self._run(("DEL", _session_key(session)))

    def forget(self, services: Collection[str]) -> bool:
        """Forget which session each phone began last on these services (ids in hexadecimal
        digits), and those sessions: every dial is a first one again. Other keys are not touched.

        False when the server has more keys than are looked through. Raises StoreDown.
        """
        cursor = b"0"
        for _ in range(SCANS_MAXIMUM):
            cursor, keys = self._run(("SCAN", cursor, "MATCH", "last:*", "COUNT", SCANNED_AT_ONCE))
            pointers = [key for key in keys if _service_of(key) in services]
            if pointers:
                sessions = self._run_all(*(("GET", key) for key in pointers))
                ours = [_session_key(session.decode()) for session in sessions if session]
                self._run_all(*(("DEL", key) for key in (*pointers, *ours)))
            if cursor == b"0":
                return True
        return False

    def ping(self) -> None:
        """Raises StoreDown."""
        self._run(("PING",))

    def _run(self, command: Command) -> Any:
        return self._run_all(command)[0]

    def _run_all(self, *commands: Command) -> list[Any]:
        """The answers to commands, in one round trip. Raises StoreDown."""
        # One try on a connection that stood idle, which a restarted server has closed, and one on
        # a new one. The scripts know their own token, so running one twice is harmless.
        for fresh in (False, True):
            try:
                line = self._borrow(fresh)
                try:
                    answers = self._exchange(line, commands)
                except BaseException:
                    line.close()
                    raise
            except (RedisError, OSError) as fault:
                if fresh or isinstance(fault, redis.TimeoutError):
                    raise StoreDown(type(fault).__name__) from None
                continue
            self._idle.append(line)
            return answers
        raise AssertionError("unreachable")

    def _exchange(self, line: _Line, commands: tuple[Command, ...]) -> list[Any]:
        self.counts.round_trips = getattr(self.counts, "round_trips", 0) + 1
        answers = line.ask([packed_of(command, by_sha=True) for command in commands])
        for index, answer in enumerate(answers):
            if isinstance(answer, ResponseError):
                answers[index] = self._again(line, commands[index], answer)
        return answers

    def _again(self, line: _Line, command: Command, refused: ResponseError) -> Any:
        """The answer of a server that has just been started, and does not know the script."""
        if not str(refused).startswith("NOSCRIPT"):
            raise refused
        (answer,) = line.ask([packed_of(command, by_sha=False)])
        if isinstance(answer, ResponseError):
            raise answer
        return answer

    def _borrow(self, fresh: bool) -> _Line:
        if not fresh and self._idle:
            try:
                return self._idle.pop()
            except IndexError:
                pass
        return _Line(self._pool, ANSWER_TIMEOUT_S)


def _session_key(session: str) -> str:
    return f"s:{{{session[:2]}}}:{session}"


def _service_of(pointer_key: bytes) -> str:
    """The id in a key such as last:<service>:<number>."""
    return pointer_key.split(b":")[1].decode("ascii", "replace")


def _stream(session: str) -> str:
    """Its share of the turn log."""
    return f"turns:{{{session[:2]}}}"


def packed_of(command: Command, *, by_sha: bool) -> bytes:
    """A command as it goes over the wire."""
    if isinstance(command, Call):
        script, keys, arguments = command
        head = ("EVALSHA", script.sha) if by_sha else ("EVAL", script.source)
        command = (*head, len(keys), *keys, *arguments)
    # Its stub knows tuples of one part only.
    packed: bytes = pack_command(command)  # type: ignore[arg-type]
    return packed
