"""Sessions in Redis: loaded and locked in one round trip, saved in one.

A session, its replies and its share of the turn log are in one slot of a cluster (hash tag:
session hash mod 256). The lock is a random token with an expiry; the save writes only while the
token is still there, so that a slow turn never overwrites its successor.
"""

import hashlib
import threading
from collections.abc import Collection
from typing import Any, Final

import redis
from hiredis import pack_command
from redis.connection import AbstractConnection
from redis.exceptions import NoScriptError, RedisError, ResponseError

from engine.limits import LOCK_MS, SESSION_KEPT_S, TURN_STREAM_LENGTH, WRONG_PINS_COUNTED_S

CONNECT_TIMEOUT_S = 0.3
ANSWER_TIMEOUT_S = 0.7
IDLE_CONNECTIONS_MAXIMUM = 16
SCANNED_AT_ONCE = 1_000
SCANS_MAXIMUM = 5_000


class StoreDown(Exception):
    """Redis did not answer in time. Menus go on by walking the text; money does not."""


class _Script:
    def __init__(self, source: str) -> None:
        self.source: Final = source.encode()
        self.sha: Final = hashlib.sha1(self.source, usedforsecurity=False).hexdigest().encode()


# KEYS: session. ARGV: reply key, token, lock in ms.
# -> {"R", reply} answered before | {"B"} a turn is running | {"D", data, moved} ours now.
_OPEN = _Script("""
local f = redis.call('HMGET', KEYS[1], ARGV[1], 'lock', 'until', 'data', 'moved')
if f[1] then return {'R', f[1]} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if f[2] and f[2] ~= ARGV[2] and tonumber(f[3]) > now then return {'B'} end
redis.call('HSET', KEYS[1], 'lock', ARGV[2], 'until', now + ARGV[3])
if not f[4] then redis.call('PEXPIRE', KEYS[1], ARGV[3] * 2) end
return {'D', f[4] or '', f[5] or ''}
""")

# KEYS: session, turn stream. ARGV: token, data, reply key, reply, seconds kept, log, stream length.
_SAVE = _Script("""
local f = redis.call('HMGET', KEYS[1], 'lock', 'saved')
if f[1] ~= ARGV[1] then return f[2] == ARGV[1] and 1 or 0 end
redis.call('HSET', KEYS[1], 'data', ARGV[2], ARGV[3], ARGV[4], 'saved', ARGV[1])
redis.call('HDEL', KEYS[1], 'lock', 'until')
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[7], '*', 't', ARGV[6])
return 1
""")

# KEYS: session. -> its data, from now on without answers; nil for none; '' while a turn is running.
_TAKE_OVER = _Script("""
local f = redis.call('HMGET', KEYS[1], 'data', 'lock', 'until')
if not f[1] then return false end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if f[2] and tonumber(f[3]) > now then return '' end
redis.call('HSET', KEYS[1], 'moved', '1')
return f[1]
""")

# KEYS: session, turn stream. ARGV: token, log or '', stream length, reply key, reply or '', seconds
# kept. -> 1, or 0 where another turn has the session by now.
_UNLOCK = _Script("""
if redis.call('HGET', KEYS[1], 'lock') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'lock', 'until')
  if ARGV[5] ~= '' then
    redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
    redis.call('EXPIRE', KEYS[1], ARGV[6])
  end
  if ARGV[2] ~= '' then redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 't', ARGV[2]) end
  return 1
end
return 0
""")

# KEYS: session. ARGV: who asks, seconds kept. -> 1 where nobody knows of it, and nobody has asked.
_FIRST_TO_TELL = _Script("""
local f = redis.call('HMGET', KEYS[1], 'data', 'told')
if f[1] or (f[2] and f[2] ~= ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'told', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")

# KEYS: a tenant's wrong PINs. ARGV: whose, seconds counted. -> of how many since the first of them.
_COUNT_WRONG_PIN = _Script("""
local new = redis.call('SADD', KEYS[1], ARGV[1])
local count = redis.call('SCARD', KEYS[1])
if new == 1 and count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return count
""")


class Opened:
    """What loading a session came to: an earlier reply, a running copy, or ours with its data."""

    __slots__ = ("busy", "data", "earlier", "moved", "reply", "wrong_pins")

    def __init__(self, answer: list[bytes], earlier: bytes | None, wrong_pins: int) -> None:
        self.reply = answer[1] if answer[0] == b"R" else None
        self.busy = answer[0] == b"B"
        ours = answer[0] == b"D"
        self.data = answer[1] if ours else b""
        self.moved = ours and answer[2] != b""
        self.earlier = earlier
        self.wrong_pins = wrong_pins


class Store:
    """Sessions, by their keyed hashes (32 hexadecimal digits)."""

    def __init__(self, url: str) -> None:
        self._pool = redis.ConnectionPool.from_url(
            url,
            socket_timeout=ANSWER_TIMEOUT_S,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
        )
        self._idle: list[AbstractConnection] = []
        self.counts = threading.local()

    def open(
        self,
        session: str,
        reply_key: str,
        token: bytes,
        pointer: str | None,
        *,
        pins_of: str | None = None,
    ) -> Opened:
        """Load and lock, in one round trip. With `pointer` (a first hop) also learn which session
        this phone had before; with `pins_of` (a tenant, at what may be a PIN), how many of its
        people had a wrong PIN within a minute. Raises StoreDown."""
        commands: list[Any] = [(_OPEN, (_session_key(session),), (reply_key, token, LOCK_MS))]
        if pointer is not None:
            commands.append(("GET", f"last:{pointer}"))
        if pins_of is not None:
            commands.append(("SCARD", _wrong_pins_key(pins_of)))
        answer, *more = self._run(*commands, many=True)
        return Opened(
            answer,
            more[0] if pointer is not None else None,
            int(more[-1]) if pins_of is not None else 0,
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
    ) -> bool:
        """Save, remember the reply, log the turn and unlock, in one round trip. With `pointer` (a
        first hop) this is from now on the session that the phone began last: not before, so that
        a first hop that fails does not hide what the session before it has done.

        False when the lock was lost meanwhile: the session was not written. Raises StoreDown.
        """
        keys = (_session_key(session), _stream(session))
        arguments = (token, data, reply_key, reply, SESSION_KEPT_S, log, TURN_STREAM_LENGTH)
        command = (_SAVE, keys, arguments)
        if pointer is None:
            return bool(self._run(command) == 1)
        last = ("SET", f"last:{pointer}", session, "EX", SESSION_KEPT_S)
        return bool(self._run(command, last, many=True)[0] == 1)

    def unlock(
        self, session: str, token: bytes, log: bytes = b"", reply_key: str = "", reply: bytes = b""
    ) -> bool:
        """Let go without saving; a turn that failed is logged, and its answer kept for copies of
        its hop. False when the lock was lost meanwhile: a copy may be working. Raises StoreDown."""
        keys = (_session_key(session), _stream(session))
        arguments = (token, log, TURN_STREAM_LENGTH, reply_key, reply, SESSION_KEPT_S)
        return bool(self._run((_UNLOCK, keys, arguments)) == 1)

    def count_wrong_pin(self, tenant: str, person: str) -> int:
        """Count a person of that tenant whose PIN was wrong: how many there were since the first
        one, for a minute. The same again counts nothing. Raises StoreDown."""
        keys, arguments = (_wrong_pins_key(tenant),), (person, WRONG_PINS_COUNTED_S)
        return int(self._run((_COUNT_WRONG_PIN, keys, arguments)))

    def last_session(self, pointer: str) -> bytes | None:
        """The session that this phone began last. Raises StoreDown."""
        found: bytes | None = self._run(("GET", f"last:{pointer}"))
        return found

    def take_over(self, session: str) -> bytes | None:
        """The data of an earlier session of the same phone, which from now on takes no answers;
        None when there is none, b"" while its turn is running. Raises StoreDown."""
        data: bytes | None = self._run((_TAKE_OVER, (_session_key(session),), ()))
        return data

    def first_to_tell(self, session: str, asking: str) -> bool:
        """Whether the session `asking` is to tell what an earlier one has done: it is known here no
        more, and no other session was told so before. Raises StoreDown."""
        command = (_FIRST_TO_TELL, (_session_key(session),), (asking, SESSION_KEPT_S))
        return bool(self._run(command) == 1)

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
                sessions = self._run(*(("GET", key) for key in pointers), many=True)
                ours = [_session_key(session.decode()) for session in sessions if session]
                self._run(*(("DEL", key) for key in (*pointers, *ours)), many=True)
            if cursor == b"0":
                return True
        return False

    def ping(self) -> None:
        """Raises StoreDown."""
        self._run(("PING",))

    def _run(self, *commands: Any, many: bool = False) -> Any:
        # One try on a connection that stood idle, which a restarted server has closed, and one on
        # a new one. The scripts know their own token, so running one twice is harmless.
        for fresh in (False, True):
            try:
                connection = self._borrow(fresh)
                try:
                    answers = self._exchange(connection, commands)
                except BaseException:
                    connection.disconnect()  # type: ignore[no-untyped-call]
                    raise
            except (RedisError, OSError) as fault:
                if fresh or isinstance(fault, redis.TimeoutError):
                    raise StoreDown(type(fault).__name__) from None
                continue
            self._idle.append(connection)
            return answers if many else answers[0]
        raise AssertionError("unreachable")

    def _exchange(self, connection: AbstractConnection, commands: Any) -> list[Any]:
        self.counts.round_trips = getattr(self.counts, "round_trips", 0) + 1
        request = [pack_command(_pack(command, by_sha=True)) for command in commands]
        connection.send_packed_command(request, check_health=False)  # type: ignore[no-untyped-call]
        answers = [_read(connection) for _ in commands]
        for index, answer in enumerate(answers):
            if isinstance(answer, NoScriptError):  # a server that has just been started
                again = _pack(commands[index], by_sha=False)
                connection.send_command(*again, check_health=False)  # type: ignore[no-untyped-call]
                answers[index] = _read(connection)
            if isinstance(answers[index], Exception):
                raise answers[index]
        return answers

    def _borrow(self, fresh: bool) -> AbstractConnection:
        if not fresh and self._idle:
            try:
                return self._idle.pop()
            except IndexError:
                pass
        connection: AbstractConnection = self._pool.connection_class(**self._pool.connection_kwargs)
        connection.connect()  # type: ignore[no-untyped-call]
        return connection


def _session_key(session: str) -> str:
    return f"s:{{{session[:2]}}}:{session}"


def _service_of(pointer_key: bytes) -> str:
    """The id in a key such as last:<service>:<number>."""
    return pointer_key.split(b":")[1].decode("ascii", "replace")


def _wrong_pins_key(tenant: str) -> str:
    return f"wrong-pins:{tenant}:people"


def _stream(session: str) -> str:
    """Its share of the turn log."""
    return f"turns:{{{session[:2]}}}"


def _pack(command: Any, *, by_sha: bool) -> tuple[Any, ...]:
    if not isinstance(command[0], _Script):
        return tuple(command)
    script, keys, arguments = command
    head = ("EVALSHA", script.sha) if by_sha else ("EVAL", script.source)
    return (*head, len(keys), *keys, *arguments)


def _read(connection: AbstractConnection) -> Any:
    try:
        return connection.read_response()
    except ResponseError as refused:
        return refused
