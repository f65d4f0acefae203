"""The short way to a rate: a plain question for one pair is answered before Flask makes a request
of it, which costs more than the answer. Anything else about a request is Flask's business, whose
view answers the same question with the same bytes.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from app.api.rates.answers import Body, kept
from core.rates.quotes import Pair

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

PATH: Final = "/api/rates/"
_PLAIN: Final = re.compile("source_currency=([A-Z]{3})&destination_currency=([A-Z]{3})")
# With these the answer is another: a part of it, nothing where it is known already, or one that
# another site's page may read.
_OTHERS_BUSINESS: Final = (
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE"),
    "HTTP_ORIGIN",
)


class Known(NamedTuple):
    """What is said of a rate that is known."""

    body: Body
    is_stale: bool


class ShortWay:
    """WSGI middleware. `known` answers what is known of a pair, or None where that is not simply
    said; `varies` is whether some site's pages may read the answers."""

    def __init__(
        self, application: WsgiApp, known: Callable[[Pair], Known | None], *, varies: bool
    ) -> None:
        self._application = application
        self._known = known
        self._more = [("Vary", "Origin")] if varies else []

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] == "GET":
            asked = _PLAIN.fullmatch(environ.get("QUERY_STRING", ""))
            if asked and asked[1] != asked[2] and not any(map(environ.get, _OTHERS_BUSINESS)):
                known = self._known(Pair(asked[1], asked[2]))
                if known is not None:
                    start_response("200 OK", [*headers_of(known), *self._more])
                    return [known.body.content]
        return self._application(environ, start_response)


def headers_of(known: Known) -> list[tuple[str, str]]:
    """As `answers.success` has them."""
    return [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(known.body.content))),
        ("ETag", f'"{known.body.etag}"'),
        ("Cache-Control", kept(stale=known.is_stale)),
    ]
