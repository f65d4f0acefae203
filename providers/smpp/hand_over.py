"""How a worker hands a text to the process that holds the bind, and learns what became of it.

A Unix socket in a folder of the process's own, whose path stands in a file that both know. One
connection a text: the worker writes a line (the text, and how long it waits), and reads lines:

    {"leaves": 1}     right before a submit_sm is written
    {"back": 1}       the centre was too busy and took nothing; it waits to be sent again
    {"sent": id} | {"not_sent": code} | {"refused": …} | {"unknown": …}       the end

So whatever happens to either, it is known whether the text may have left: a connection that ends
with no `leaves` behind the last `back` was for a text that never did. What the process has written
stays readable when it is killed; and where the worker is gone, `leaves` cannot be written, and the
text does not leave.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path
from typing import Any, Final

from providers.contracts.messages import NotSent, OutcomeUnknown, Refused, Scope, SendError, Sms
from providers.limits import SENDER_MAX_CHARS, SMS_TEXT_MAX_CHARS
from providers.smpp.bind import Bind, Leaving

log = logging.getLogger(__name__)

LINE_MAX_BYTES: Final = 64 * 1024
REQUEST_WITHIN_S: Final = 5.0
# How long a text waits for the window, the rate and a busy centre, before it is given back.
QUEUED_WITHIN_S: Final = 6.0
SOCKET: Final = "text"
BACKLOG: Final = 64
STOP_WITHIN_S: Final = 8.0
PATH_MAX_BYTES: Final = 103  # macOS; Linux allows 107


def socket_path(file: Path) -> Path | None:
    """Where the process listens, by its file; None where it has never run."""
    try:
        folder = json.loads(file.read_text())["folder"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Path(folder) / SOCKET if isinstance(folder, str) else None


def encode(sms: Sms) -> bytes:
    request = {"to": sms.to, "text": sms.text, "sender": sms.sender, "within_s": QUEUED_WITHIN_S}
    return json.dumps(request).encode() + b"\n"


def _decode(line: bytes) -> tuple[Sms, float]:
    """Raises ValueError: not what `encode` writes."""
    request: dict[str, Any] = json.loads(line)
    to, text, sender = request["to"], request["text"], request["sender"]
    within_s = request["within_s"]
    fits = (
        isinstance(to, str)
        and isinstance(text, str)
        and len(text) <= SMS_TEXT_MAX_CHARS
        and (sender is None or (isinstance(sender, str) and len(sender) <= SENDER_MAX_CHARS))
        and isinstance(within_s, int | float)
    )
    if not fits:
        raise ValueError("not a request")
    return Sms(to, text, sender), min(float(within_s), QUEUED_WITHIN_S)


def ending(answer: dict[str, Any]) -> str | SendError | None:
    """What a line says at the end: the id, or what to raise. None where it is no end."""
    if isinstance(answer.get("sent"), str):
        return str(answer["sent"])
    if "not_sent" in answer:
        return NotSent(str(answer["not_sent"]))
    kind = "refused" if "refused" in answer else "unknown" if "unknown" in answer else ""
    told = answer.get(kind)
    if not isinstance(told, dict):
        return None
    code, detail = str(told["code"]), str(told["detail"])
    scope = Scope(told["scope"])
    if kind == "unknown":
        return OutcomeUnknown(code, detail=detail, scope=scope)
    return Refused(
        code,
        retryable=bool(told["retryable"]),
        never_left=bool(told["never_left"]),
        alarm=bool(told["alarm"]),
        detail=detail,
        scope=scope,
    )


def _line_of(error: SendError) -> dict[str, Any]:
    if isinstance(error, NotSent):
        return {"not_sent": error.code}
    told: dict[str, Any] = {
        "code": error.code,
        "detail": error.detail,
        "scope": error.scope.value,
        "alarm": error.alarm,
        "retryable": error.retryable,
        "never_left": error.never_left,
    }
    return {"refused" if isinstance(error, Refused) else "unknown": told}


class _Worker(Leaving):
    """The other end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def leaves(self) -> None:
        self.tell({"leaves": 1})

    def is_back(self) -> None:
        self.tell({"back": 1})

    def tell(self, answer: dict[str, Any]) -> None:
        """Raises OSError: the worker is gone. The lines of one text fit any socket's buffer."""
        self._connection.sendall(json.dumps(answer).encode() + b"\n")


class HandOver:
    """Takes texts from workers for a bind. `file` says where; a folder that was there before is
    used again."""

    def __init__(self, bind: Bind, file: Path) -> None:
        self._bind = bind
        self._file = file
        self._folder = _folder(file)
        self._tasks: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None
        path = self._folder / SOCKET
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(BACKLOG)
        self._listener.setblocking(False)

    def start(self) -> None:
        self._accepting = asyncio.create_task(self._accept())

    async def stop(self) -> None:
        """Take no more; wait for those that are under way, for a while."""
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.wait({self._accepting})
        self._listener.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_WITHIN_S)
        (self._folder / SOCKET).unlink(missing_ok=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self._listener)
            task = asyncio.create_task(self._serve(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: socket.socket) -> None:
        with connection:
            worker = _Worker(connection)
            try:
                sms, within_s = _decode(await self._line(connection))
            except (OSError, TimeoutError, ValueError, KeyError, TypeError):
                return
            until = asyncio.get_running_loop().time() + within_s
            try:
                answer: dict[str, Any] = {"sent": await self._bind.send(sms, until, worker)}
            except SendError as error:
                answer = _line_of(error)
            except Exception as error:
                # After `leaves`, a worker that hears nothing more records that it is unknown.
                log.error("a text failed: %s", type(error).__name__)
                return
            with contextlib.suppress(OSError):
                worker.tell(answer)

    async def _line(self, connection: socket.socket) -> bytes:
        loop, line = asyncio.get_running_loop(), b""
        async with asyncio.timeout(REQUEST_WITHIN_S):
            while not line.endswith(b"\n"):
                more = await loop.sock_recv(connection, LINE_MAX_BYTES)
                if not more or len(line) > LINE_MAX_BYTES:
                    raise ValueError("not a line")
                line += more
        return line


def _folder(file: Path) -> Path:
    """A short folder of our own for the socket: where it was before, if it is still ours."""
    before = socket_path(file)
    if before is not None and _is_ours(before.parent):
        return before.parent
    folder = Path(tempfile.mkdtemp(prefix="piga-"))
    if len(os.fsencode(folder / SOCKET)) > PATH_MAX_BYTES:
        shutil.rmtree(folder)
        raise OSError(f"{folder.parent} is too long a path for a socket: set TMPDIR to another")
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"folder": str(folder)}))
    draft.chmod(0o600)
    draft.rename(file)
    return folder


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    return private and found.st_uid == os.geteuid()
