"""Locks between processes, which the kernel drops when their holder dies."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

POLL_S = 0.02


class FileLock:
    """A lock on a file: held by many when shared, by one when exclusive."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def try_acquire(self, *, shared: bool = False) -> bool:
        """Take it if it is free now."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def acquire(self, *, timeout_s: float, shared: bool = False) -> bool:
        """Take it as soon as it is free; False when it is not within `timeout_s`."""
        until = time.monotonic() + timeout_s
        while not self.try_acquire(shared=shared):
            if time.monotonic() > until:
                return False
            time.sleep(POLL_S)
        return True

    def wait(self) -> None:
        """Take it exclusively, however long that takes, without polling."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
        self._fd = fd

    def release(self) -> None:
        if self._fd is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)  # closing alone would leave it to a forked child
            os.close(self._fd)
            self._fd = None

    def is_held(self) -> bool:
        """Whether somebody holds it exclusively at this moment."""
        if not self.try_acquire(shared=True):
            return True
        self.release()
        return False

    def __enter__(self) -> "FileLock":
        self.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
