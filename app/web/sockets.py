"""Ending connections of this process that have fallen silent, whoever holds them.

The server's sockets are Rust's, and a request does not say which one it came on. But they are file
descriptors of this process, and the kernel knows since when nothing has come on each.
"""

import contextlib
import os
import socket
import struct

# Of Linux's `struct tcp_info`: milliseconds since the last data came (include/uapi/linux/tcp.h).
_LAST_DATA_RECV = struct.Struct("=I")
_LAST_DATA_RECV_AT = 52


def hang_up_silent(port: int, at_least_s: float, at_most_s: float) -> int:
    """End the reading side of connections to that local port on which nothing has come for so
    long, and answer how many. Whoever reads from one finds its end; an answer can still be sent.

    Where the kernel does not say how long a connection has been silent, none is ended.
    """
    option = getattr(socket, "TCP_INFO", None)
    if option is None or not os.path.isdir("/proc/self/fd"):
        return 0
    ended = 0
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError, ValueError), _copy_of(int(name)) as line:
            if line.type != socket.SOCK_STREAM or line.getsockname()[1:2] != (port,):
                continue
            line.getpeername()  # OSError: it listens
            silent_s = _silent_s(line, option)
            if at_least_s <= silent_s <= at_most_s:
                line.shutdown(socket.SHUT_RD)
                ended += 1
    return ended


def _copy_of(descriptor: int) -> socket.socket:
    """Another descriptor of the same socket, so that it is not another one's under our hands.
    Raises OSError: it is no socket, or none any more."""
    copy = os.dup(descriptor)
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise


def _silent_s(line: socket.socket, option: int) -> float:
    told = line.getsockopt(socket.IPPROTO_TCP, option, _LAST_DATA_RECV_AT + _LAST_DATA_RECV.size)
    milliseconds: int = _LAST_DATA_RECV.unpack_from(told, _LAST_DATA_RECV_AT)[0]
    return milliseconds / 1_000
