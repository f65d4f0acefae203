"""Programs that others wrote, at the other end of the wire: npm's smpp, as server and client."""

import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.local.ports import free_port
from app.settings import CHECKOUT
from tests.support import npm

__all__ = ["Peer", "free_port", "install", "running"]

HERE = CHECKOUT / "providers" / "smpp" / "tests" / "peers"
WITHIN_S = 20.0


def install(folder: Path) -> Path:
    """npm's smpp, as the lock file beside the scripts has it, in this folder."""
    return npm.install(HERE, folder)


class Peer:
    """A script that reads and writes lines of JSON."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def ends(self) -> None:
        """Kill it, and read to the end: its pipe is not to be closed under the reader."""
        self._process.kill()
        self._thread.join(WITHIN_S)

    def tell(self, **what: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def hear(self, name: str) -> Any:
        """The value of the next line that has this name; others are passed over."""
        while True:
            line = self._lines.get(timeout=WITHIN_S)
            if name in line:
                return line if name in ("sent",) else line[name]


@contextmanager
def running(folder: Path, script: str, *arguments: str) -> Iterator[Peer]:
    with subprocess.Popen(
        ["node", script, *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        peer = Peer(process)
        try:
            yield peer
        finally:
            peer.ends()
