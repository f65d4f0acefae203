"""Frankfurter's side as a small WSGI application: reference rates of the market, of a weekday."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from providers.frankfurter.ask import PATH
from providers.simulator.rate_market import A_DOLLAR, Market

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SATURDAY = 5


class FrankfurterFake:
    """The application. `days_off` makes its newest day so much older, or younger below 0."""

    def __init__(
        self,
        prefix: str = "",
        *,
        market: Market | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.market = market or Market()
        self.days_off = 0
        self._prefix = prefix
        self._now = now

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        if request.path.removeprefix(self._prefix) != PATH or request.method != "GET":
            return _json(404, {"message": "not found"})
        base = request.args.get("base", "EUR").upper()
        quotes = [code.upper() for code in request.args.get("quotes", "").split(",") if code]
        if any(code not in A_DOLLAR for code in (base, *quotes)):
            return _json(422, {"message": "invalid currency"})
        day = self._now() - timedelta(days=self.days_off)
        while day.weekday() >= SATURDAY:
            day -= timedelta(days=1)
        rows = [
            {
                "date": day.date().isoformat(),
                "base": base,
                "quote": code,
                "rate": float(f"{self.market.rate(base, code, day):.6g}"),
            }
            for code in sorted(quotes or A_DOLLAR)
            if code != base
        ]
        return _json(200, rows)


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
