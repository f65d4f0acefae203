"""What the fakes share: loopback only, a fast HTTP client, a quiet HTTP server."""

from __future__ import annotations

import http.client
import ipaddress
import select
import socket
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from providers.limits import ANSWER_MAX_BYTES


def is_loopback_host(host: str) -> bool:
    """True for localhost and for addresses of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_loopback_url(url: str) -> bool:
    """True for plain http to this machine: the only thing a fake may call."""
    parts = urlsplit(url)
    return parts.scheme == "http" and is_loopback_host(parts.hostname or "")


class Answer(NamedTuple):
    """An HTTP answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """No HTTP answer came: refused, dropped, or timed out."""


class Post(Protocol):
    """Posts a form to a hook. Raises NoAnswer. A test may put a WSGI application behind it."""

    def __call__(
        self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float
    ) -> Answer: ...


class Get(Protocol):
    """Fetches a hook by GET. Raises NoAnswer."""

    def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> Answer: ...


class HttpPost:
    """Posts over kept-alive connections, many threads at once; loopback addresses only. `get` is
    the same without a body, and `send` by any method."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, int], list[http.client.HTTPConnection]] = {}
        self._lock = threading.Lock()

    def __call__(
        self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float
    ) -> Answer:
        return self._ask("POST", url, body, headers, timeout_s)

    def send(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float
    ) -> Answer:
        return self._ask(method, url, body, headers, timeout_s)

    def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> Answer:
        return self._ask("GET", url, None, headers, timeout_s)

    def _ask(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeout_s: float,
    ) -> Answer:
        if not is_loopback_url(url):
            raise NoAnswer("not a loopback address")
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or 80)
        connection = self._take(place, timeout_s)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, target or "/", body, dict(headers))
            response = connection.getresponse()
            payload = response.read(ANSWER_MAX_BYTES)
        except TimeoutError:
            connection.close()
            raise NoAnswer("no answer in time") from None
        except ConnectionRefusedError:
            connection.close()
            raise NoAnswer("connection refused") from None
        except (http.client.HTTPException, OSError):
            connection.close()
            raise NoAnswer("connection dropped") from None
        if response.isclosed() and not response.will_close:
            with self._lock:
                self._idle.setdefault(place, []).append(connection)
        else:
            connection.close()
        return Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, payload
        )

    def _take(self, place: tuple[str, int], timeout_s: float) -> http.client.HTTPConnection:
        while True:
            with self._lock:
                idle = self._idle.get(place)
                connection = idle.pop() if idle else None
            if connection is None:
                return http.client.HTTPConnection(*place, timeout=timeout_s)
            sock = connection.sock
            # Readable while nothing was asked: the other side has closed it.
            if sock is not None and not select.select([sock], [], [], 0)[0]:
                sock.settimeout(timeout_s)
                return connection
            connection.close()

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            connections = [c for idle in self._idle.values() for c in idle]
            self._idle.clear()
        for connection in connections:
            connection.close()


class _Quiet(WSGIRequestHandler):
    """Writes no access log: targets carry phone numbers."""

    def log(self, type: str, message: str, *args: Any) -> None:
        return


def listen(host: str, port: int, application: Any) -> BaseWSGIServer:
    """A threaded HTTP server on loopback; `.port` is where, also when port 0 was asked for.

    Raises ValueError for any other address, OSError when the port is taken.
    """
    if not is_loopback_host(host):
        raise ValueError("the fakes listen on loopback only")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Bound here: the server's own way to say that a port is taken is to end the process.
    with socket.create_server((host, port), family=family) as sock:
        return make_server(
            host, port, application, threaded=True, request_handler=_Quiet, fd=sock.fileno()
        )


def drop_connection(environ: Mapping[str, Any]) -> None:
    """Cut the caller off without an answer."""
    sock = environ.get("werkzeug.socket")
    if isinstance(sock, socket.socket):
        sock.shutdown(socket.SHUT_RDWR)
