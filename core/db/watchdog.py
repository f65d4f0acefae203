"""What ends a transaction whose server does not answer any more."""

import contextlib
import os
import socket
import threading
import time

import psycopg

from core.db.connection import Connection

WATCH_EVERY_S = 0.05


# Connections with a transaction, and how long it may last by `time.monotonic`. Who begins one
# puts its connection in, and takes it out at the end: no call, for a turn does so several times.
watched: dict[Connection, float] = {}

_starting = threading.Lock()
_started = threading.Event()


def start() -> None:
    """Watch from now on, in a thread of this process. Before its first connection, and again
    without harm."""
    with _starting:
        if not _started.is_set():
            threading.Thread(target=_watch, name="pg-watch", daemon=True).start()
            _started.set()


def _watch() -> None:
    """Cut the socket of a connection whose transaction outlived its deadline: psycopg has no read
    time-out, and a stopped server would otherwise hold the thread for ever."""
    while True:
        time.sleep(WATCH_EVERY_S)
        for connection, until in list(watched.items()):
            if time.monotonic() > until + WATCH_EVERY_S:  # statement_timeout goes first
                watched.pop(connection, None)
                with contextlib.suppress(OSError, psycopg.Error):
                    fd = os.dup(connection.fileno())
                    with socket.socket(fileno=fd) as cut:
                        cut.shutdown(socket.SHUT_RDWR)


def discard(connection: Connection) -> None:
    """Close a connection that is not to be used again."""
    # Not watched any more: its socket's number may be another one's as soon as it is closed.
    watched.pop(connection, None)
    connection.close()
