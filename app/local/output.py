"""What the children say: onto our own stdout behind their names, and into log files."""

import contextlib
import os
import re
from typing import BinaryIO

from app.local.data_dir import LOG_BYTES_MAXIMUM, Home

LINE_BYTES_MAXIMUM = 8192
PREFIX_WIDTH = 14
# A webhook's path ends in its secret. Nothing should print one; if something does, it ends here.
HOOK = re.compile(rb"(/hooks/[^/\s]+/[^/\s]+/)[\w~.%-]+")


class Output:
    """One child's stdout and stderr."""

    def __init__(self, home: Home, name: str) -> None:
        self._home = home
        self._name = name
        self._prefix = f"{name:<{PREFIX_WIDTH}}| ".encode()
        self._log: BinaryIO | None = None
        self._rest = b""

    def take(self, data: bytes) -> None:
        """Some bytes of it; whole lines are passed on."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LINE_BYTES_MAXIMUM:
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            self._write(line[:LINE_BYTES_MAXIMUM])

    def finish(self) -> None:
        """The child's end: pass on a last line without its end, close the log."""
        if self._rest:
            self._write(self._rest)
            self._rest = b""
        if self._log is not None:
            self._log.close()
            self._log = None

    def _write(self, line: bytes) -> None:
        line = HOOK.sub(rb"\1...", line.rstrip(b"\r"))
        say(self._prefix + line)
        if self._log is not None and self._log.tell() > LOG_BYTES_MAXIMUM:
            self._log.close()
            self._log = None
        if self._log is None:
            self._log = open(self._home.open_log(self._name), "ab")  # noqa: SIM115
        self._log.write(line + b"\n")
        self._log.flush()


def say(line: bytes | str) -> None:
    """A line on stdout. That nobody listens any more is no reason to stop serving."""
    data = line.encode() if isinstance(line, str) else line
    with contextlib.suppress(OSError):
        os.write(1, data + b"\n")
