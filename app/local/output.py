"""What the children say: onto our own stdout behind their names, and into log files."""

import contextlib
import errno
import os
import re
from io import FileIO

from app.local.data_dir import LOG_BYTES_MAXIMUM, DataDir

LINE_BYTES_MAXIMUM = 8192
PREFIX_WIDTH = 14
# A webhook's path ends in its secret. Nothing should print one; if something does, it ends here.
HOOK = re.compile(rb"(/hooks/[^/\s]+/[^/\s]+/)[\w~.%-]+")


class Output:
    """One child's stdout and stderr."""

    def __init__(self, data_dir: DataDir, name: str) -> None:
        self._data_dir = data_dir
        self._name = name
        self._prefix = f"{name:<{PREFIX_WIDTH}}| ".encode()
        self._log: FileIO | None = None
        self._rest = b""
        self._lost = 0  # lines that could not be written, since one could

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
        self._close()

    def _write(self, line: bytes) -> None:
        line = HOOK.sub(rb"\1...", line.rstrip(b"\r"))
        say(self._prefix + line)
        try:
            self._keep(line)
        except OSError as fault:  # a full disk, or the folder is gone: the next line tries again
            if not self._lost:
                say(self._prefix + f"its log cannot be written: {fault.strerror}".encode())
            self._lost += 1
            self._close()

    def _keep(self, line: bytes) -> None:
        """Write a line into the log file. Raises OSError."""
        log = self._log
        if log is None or os.fstat(log.fileno()).st_nlink == 0 or log.tell() > LOG_BYTES_MAXIMUM:
            self._close()
            log = self._log = open(self._data_dir.open_log(self._name), "ab", buffering=0)  # noqa: SIM115
        if self._lost:
            line = f"({self._lost} lines before this one could not be written)\n".encode() + line
        if log.write(line + b"\n") <= len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._lost = 0

    def _close(self) -> None:
        log, self._log = self._log, None
        if log is not None:
            with contextlib.suppress(OSError):
                log.close()


def say(line: bytes | str) -> None:
    """A line on stdout. That nobody listens any more is no reason to stop serving."""
    data = line.encode() if isinstance(line, str) else line
    with contextlib.suppress(OSError):
        os.write(1, data + b"\n")
