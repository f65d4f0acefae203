"""Ending connections of this process that have fallen silent or send without end, whatever holds
them.

The server's sockets are Rust's, and a request does not say which one it came on. But they are file
descriptors of this process, and the kernel knows what has come on each, and since when nothing has.
"""

import contextlib
import os
import socket
import struct
import time
from collections.abc import Iterator

# Of Linux's `struct tcp_info` (include/uapi/linux/tcp.h).
_LAST_DATA_RECV = struct.Struct("=I")  # milliseconds since the last data came
_LAST_DATA_RECV_AT = 52
_BYTES_RECEIVED = struct.Struct("=Q")
_BYTES_RECEIVED_AT = 128


def is_measured() -> bool:
    """Whether this kernel says how much has come on a connection, and since when nothing has."""
    return hasattr(socket, "TCP_INFO") and os.path.isdir("/proc/self/fd")


def hang_up_silent(port: int, at_least_s: float, at_most_s: float) -> int:
    """End the reading side of connections to that local port on which nothing has come for so
    long, and answer how many. A reader of one finds its end; an answer can still be sent.

    Where the kernel does not say how long a connection has been silent, none is ended.
    """
    ended = 0
    for line in _connections(port):
        with contextlib.suppress(OSError):
            silent_s = _of_line(line, _LAST_DATA_RECV, _LAST_DATA_RECV_AT) / 1_000
            if at_least_s <= silent_s <= at_most_s:
                line.shutdown(socket.SHUT_RD)
                ended += 1
    return ended


class Floods:
    """Ends the reading side of connections to a local port that send more than they may."""

    def __init__(self, port: int, bytes_maximum: int) -> None:
        self._port = port
        self._bytes_maximum = bytes_maximum
        # By the other end: when it was looked at first, and what had come until then.
        self._first: dict[object, tuple[float, int]] = {}

    def end(self, since: float) -> int:
        """End those on which more has come than the maximum since they were looked at first, but
        not before `since` (monotonic); answers how many they were."""
        ended, now = 0, time.monotonic()
        found: dict[object, tuple[float, int]] = {}
        for line in _connections(self._port):
            with contextlib.suppress(OSError):
                received = _of_line(line, _BYTES_RECEIVED, _BYTES_RECEIVED_AT)
                other_end = line.getpeername()
                first = self._first.get(other_end)
                if first is None or first[0] < since or received < first[1]:
                    first = (now, received)
                elif received - first[1] > self._bytes_maximum:
                    # The end is found only once nothing is left to be read: little may be on its
                    # way, or a quick sender would put it off for ever.
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
                    line.shutdown(socket.SHUT_RD)
                    ended += 1
                found[other_end] = first
        self._first = found
        return ended


def _connections(port: int) -> Iterator[socket.socket]:
    """Those to the local port, each as a descriptor of our own that is closed behind it."""
    if not is_measured():
        return
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError, ValueError), _copy_of(int(name)) as line:
            if line.type == socket.SOCK_STREAM and line.getsockname()[1:2] == (port,):
                line.getpeername()  # OSError: it listens
                yield line


def _copy_of(descriptor: int) -> socket.socket:
    """Another descriptor of the same socket, so that it is not another one's under our hands.
    Raises OSError: it is no socket, or none any more."""
    copy = os.dup(descriptor)
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise


def _of_line(line: socket.socket, field: struct.Struct, at: int) -> int:
    """A field of what the kernel knows of the connection. Raises OSError: it does not."""
    info = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, at + field.size)
    if len(info) < at + field.size:
        raise OSError
    value: int = field.unpack_from(info, at)[0]
    return value
