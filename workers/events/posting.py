"""One HTTP POST to a place that a tenant named: what it came to, and never to a private network.

The name is resolved once, every address of it must be public, and the connection goes to the one
that was looked at: a name that answers otherwise the second time gains nothing. No redirect is
followed, no proxy of the environment is asked, and nothing of the answer is read but its status.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import urllib3

from core.events.subscriptions import is_public

CONNECT_TIMEOUT_S: Final = 3.0
ANSWER_TIMEOUT_S: Final = 5.0
RETRY_AFTER_LONGEST_S: Final = 3_600.0
GONE: Final = 410


@dataclass(frozen=True, slots=True)
class Posted:
    """What a try came to: an HTTP status, or 0 where none came; `reason` in one word.
    `retry_after_s` is what the receiver asks for."""

    status: int
    reason: str
    retry_after_s: float = 0.0

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


class _Private(Exception):
    """The name leads into a private network."""


# The first that fits.
_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (_Private, "private_address"),
    (socket.gaierror, "no_such_host"),
    (urllib3.exceptions.NewConnectionError, "connection_refused"),  # a ConnectTimeoutError, too
    (urllib3.exceptions.ConnectTimeoutError, "connect_timeout"),
    (urllib3.exceptions.TimeoutError, "answer_timeout"),
    (urllib3.exceptions.SSLError, "untrusted_certificate"),
    (urllib3.exceptions.HTTPError, "connection_dropped"),
    (OSError, "connection_dropped"),
    (ValueError, "bad_url"),
)
_NOT_POSTED: Final = tuple(kind for kind, _ in _REASONS)


def post(url: str, headers: Mapping[str, str], body: bytes, *, is_demo: bool = False) -> Posted:
    """Post, once. `is_demo`: also to this machine and without TLS. Raises nothing."""
    try:
        with _pool(url, is_demo=is_demo) as pool:
            answer = pool.urlopen(
                "POST",
                _target(url),
                body=body,
                headers={**headers, "host": urlsplit(url).netloc},
                retries=False,
                redirect=False,
                preload_content=False,
            )
            status, after = answer.status, answer.headers.get("retry-after", "")
            answer.release_conn()
            answer.close()
    except _NOT_POSTED as error:
        return Posted(0, next(word for kind, word in _REASONS if isinstance(error, kind)))
    wait_s = float(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0.0
    return Posted(status, str(status), min(wait_s, RETRY_AFTER_LONGEST_S))


def _pool(url: str, *, is_demo: bool) -> urllib3.HTTPConnectionPool:
    """A pool of one connection, to an address that was looked at."""
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    if not is_tls and not is_demo:
        raise _Private
    address = _address_of(host, parts.port or (443 if is_tls else 80), is_demo=is_demo)
    timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=ANSWER_TIMEOUT_S)
    if not is_tls:
        return urllib3.HTTPConnectionPool(address, parts.port or 80, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address,
        parts.port or 443,
        timeout=timeout,
        server_hostname=host,
        assert_hostname=host,
        cert_reqs="CERT_REQUIRED",
    )


def _address_of(host: str, port: int, *, is_demo: bool) -> str:
    """The first address of a name. Raises _Private where any of them is not public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not is_demo and not all(map(is_public, addresses)):
        raise _Private
    return addresses[0]


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
