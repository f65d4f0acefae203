"""Counting at the wire: a relay between us and a server, which believes nobody's own counters."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHUNK_BYTES = 65_536
# Of Postgres's frontend messages: Execute (each run of a statement) and simple Query.
STATEMENTS = (b"E", b"Q")


@dataclass(slots=True)
class Count:
    """What went by. A round trip begins when the client speaks after the server did."""

    round_trips: int = 0
    statements: int = 0


@dataclass(slots=True)
class _Link:
    """One client's connection, relayed."""

    client: socket.socket
    server: socket.socket
    sql: bool
    asked: bool = False
    begun: bool = False
    rest: bytearray = field(default_factory=bytearray)

    def sent(self, data: bytes, count: Count) -> None:
        if not self.asked:
            self.asked = True
            count.round_trips += 1
        if self.sql:
            self.rest += data
            count.statements += self._statements()

    def _statements(self) -> int:
        """Complete messages so far: a type (none in the first one), a length, a body."""
        found = 0
        while True:
            head = 1 if self.begun else 0
            if len(self.rest) < head + 4:
                return found
            size = head + int.from_bytes(self.rest[head : head + 4])
            if len(self.rest) < size:
                return found
            found += self.begun and bytes(self.rest[:1]) in STATEMENTS
            self.begun = True
            del self.rest[:size]


@contextlib.contextmanager
def relay(folder: Path, name: str, target: str, *, sql: bool) -> Iterator[Count]:
    """Listen on the Unix socket `folder/name` for the server at the Unix socket `target`."""
    count = Count()
    stop_in, stop_out = socket.socketpair()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / name))
        listener.listen()
        thread = threading.Thread(target=_run, args=(listener, stop_in, target, sql, count))
        thread.start()
        try:
            yield count
        finally:
            stop_out.close()
            thread.join()
            stop_in.close()


def _run(
    listener: socket.socket, stop: socket.socket, target: str, sql: bool, count: Count
) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(stop, selectors.EVENT_READ)
        links: set[int] = set()
        while True:
            for key, _ in selector.select():
                if key.fileobj is stop:
                    for one in [key for key in selector.get_map().values() if key.data]:
                        one.data.client.close()
                        one.data.server.close()
                    return
                if key.fileobj is listener:
                    client, _ = listener.accept()
                    server = socket.socket(socket.AF_UNIX)
                    server.connect(target)
                    link = _Link(client, server, sql)
                    selector.register(client, selectors.EVENT_READ, link)
                    selector.register(server, selectors.EVENT_READ, link)
                    links.add(id(link))
                else:
                    _pass_on(selector, key.fileobj, key.data, count)


def _pass_on(selector: selectors.BaseSelector, speaker: object, link: _Link, count: Count) -> None:
    source, sink = link.client, link.server
    if speaker is link.server:
        source, sink = sink, source
    try:
        data = source.recv(CHUNK_BYTES)
    except OSError:
        return  # closed with its other side
    if not data:
        for end in (link.client, link.server):
            selector.unregister(end)
            end.close()
        return
    if source is link.client:
        link.sent(data, count)
    else:
        link.asked = False
    sink.sendall(data)
