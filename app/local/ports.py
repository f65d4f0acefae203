"""Ports on this machine: whether one can be had, a free one, and whether somebody listens."""

import socket
import time

from app.errors import OperatorError

LISTENS_WITHIN_S = 1.0
RETRY_S = 0.1


def require_free(host: str, port: int, within_s: float = 0.0, *, setting: str = "PORT") -> None:
    """Raises OperatorError when the port cannot be had, also within so many seconds; it names the
    setting that takes another. The web server itself would share it, and half of the callers would
    reach another's."""
    deadline = time.monotonic() + within_s
    while (fault := _fault(host, port)) is not None:
        if time.monotonic() >= deadline:
            raise OperatorError(
                f"Port {port} on {host} cannot be had ({fault.strerror}):"
                f" choose another, for instance {setting}={port % 65535 + 1}."
            )
        time.sleep(RETRY_S)


def _fault(host: str, port: int) -> OSError | None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        return fault
    return None


def free_port() -> int:
    """A port of 127.0.0.1 that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(url: str) -> bool:
    """Whether somebody accepts connections at the address of an `http://host:port/…`."""
    host, _, port = url.removeprefix("http://").partition("/")[0].rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=LISTENS_WITHIN_S).close()
    except OSError:
        return False
    return True
