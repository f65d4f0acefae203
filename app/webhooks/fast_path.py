"""The short way in for webhooks: answered before Flask makes a request of them.

Routing, the request's context and the response object cost more than the whole turn of a menu.
A callback that comes as callbacks do (POST and a length, or GET and a query, on a plain path) is
answered here; anything else about it is Flask's business, whose view calls the same
`Hooks.receive`.
"""

from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any

from app.webhooks.receive import Callback, CutOff, Hooks
from providers.contracts.webhooks import BODY_BYTES_MAXIMUM, HttpReply

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

PREFIX = "/hooks/"
LENGTH_DIGITS_MAXIMUM = len(str(BODY_BYTES_MAXIMUM))
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class WebhookFastPath:
    """WSGI middleware in front of the Flask application."""

    def __init__(self, application: WsgiApp, hooks: Hooks) -> None:
        self._application = application
        self._hooks = hooks

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        method = environ["REQUEST_METHOD"]
        if path.startswith(PREFIX) and method in ("POST", "PUT", "GET"):
            segments = path[len(PREFIX) :].removesuffix("/").split("/")
            length = _length(environ) if method != "GET" else 0
            if len(segments) == 3 and all(segments) and length is not None:
                reply = self._receive(environ, segments, length, method)
                headers = [
                    ("Content-Type", reply.content_type),
                    ("Content-Length", str(len(reply.body))),
                    *reply.headers,
                ]
                start_response(_STATUS_LINES[reply.status], headers)
                return [reply.body]
        return self._application(environ, start_response)

    def _receive(
        self, environ: Environ, segments: list[str], length: int, method: str
    ) -> HttpReply:
        def read() -> bytes:
            if method == "GET":
                return str(environ.get("QUERY_STRING", "")).encode("latin-1", "replace")
            body: bytes = environ["wsgi.input"].read(length)
            if len(body) != length:
                raise CutOff
            return body

        provider, kind, secret = segments
        content_type = environ.get("CONTENT_TYPE", "")
        return self._hooks.receive(
            Callback(
                provider,
                kind,
                secret,
                content_type,
                read,
                method=method,
                header=partial(header_of, environ),
                target=target_of(environ),
            )
        )


def header_of(environ: Environ, name: str) -> str:
    """A header of the request; '' where there is none."""
    return str(environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))


def target_of(environ: Environ) -> str:
    """The path and the query as they were asked for."""
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING")
    return f"{path}?{query}" if query else str(path)


def _length(environ: Environ) -> int | None:
    """The body's length where it is stated plainly and within the limit."""
    stated = environ.get("CONTENT_LENGTH") or ""
    if not (stated.isascii() and stated.isdigit()) or len(stated) > LENGTH_DIGITS_MAXIMUM:
        return None
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    length = int(stated)
    return length if length <= BODY_BYTES_MAXIMUM else None
