"""The phone's page, and what it asks for: each request is passed on to the fake network."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException

from app.demo.people import people, time_zones
from app.demo.phone.chat_views import chats, written_to
from app.demo.phone.guard import is_local, is_same_origin
from app.demo.phone.limits import ANSWER_CHARS_MAXIMUM
from app.demo.phone.network import Hop, Network, NetworkDown, NetworkRefused, explain
from app.demo.phone.numbers import BadNumber, read_number
from app.demo.phone.screens import asks_secret, size
from app.settings import Settings

FOLDER = Path(__file__).parent
# What each act takes besides being asked for.
ACTS = {
    "dial": ("from", "dial"),
    "answer": ("session", "answer"),
    "twice": ("session", "answer"),
    "hangup": ("session",),
    "timeout": ("session",),
    "redial": ("session",),
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


# The names of the people who are registered with a number at a service.
NamesAt = Callable[[str, str], list[str]]


def blueprint(settings: Settings, names_at: NamesAt) -> Blueprint:
    """`/phone`: the page. `/phone/api/…`: JSON in and out; what goes wrong is {"error": sentence}.

    403 for another machine and another site's page, 415 for what is not JSON, 502 when the fake
    network does not answer, 503 when too many phones are waiting at once. Nothing is logged.
    """
    phone = Blueprint(
        *("phone", __name__),
        url_prefix="/phone",
        static_folder=str(FOLDER / "static"),
        static_url_path="/static",
    )
    network = Network(settings.require("fakes_url"))
    # A hop comes back to this server as a webhook: some threads must be left to answer it.
    waiting = threading.BoundedSemaphore(max(1, settings.web_threads // 2))

    @contextmanager
    def line() -> Iterator[None]:
        if not waiting.acquire(blocking=False):
            abort(503, "Too many phones are waiting at once. Try again.")
        try:
            yield
        finally:
            waiting.release()

    @phone.before_request
    def guard() -> None:
        if not is_local(request):
            abort(403, "The phone works on the machine that Piga runs on, and nowhere else.")
        if request.path.startswith("/phone/api/") and not is_same_origin(request):
            abort(403, "The phone is used from its own page only.")

    @phone.after_request
    def harden(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if request.path.startswith("/phone/api/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    @phone.get("")
    def page() -> Response:
        return send_from_directory(FOLDER, "page.html")

    @phone.get("/api/cast")
    def cast_of_the_demo() -> Response:
        addresses = sorted(network.addresses(), key=lambda each: each["service"])
        zones, chat_numbers = _time_zones(), written_to(addresses)
        told = [
            {
                "tenant": each["tenant"],
                "service": each["service"],
                "zone": zones.get(each["tenant"], "UTC"),
                "numbers": chat_numbers.get(each["tenant"], {}),
            }
            for each in addresses
            if each["channel"] == "ussd"
        ]
        live = {"tenant": settings.rates_slug, "url": settings.live_url}
        return jsonify(people=_people(settings), services=told, live=live)

    @phone.get("/api/name")
    def name() -> Response:
        """The people who have registered with a number at a service since the demo was made."""
        dialled, msisdn = request.args.get("service", ""), request.args.get("msisdn", "")
        return jsonify(names=names_at(dialled, msisdn))

    @phone.get("/api/where")
    def where() -> Response:
        return jsonify(fakes=network.url)

    @phone.post("/api/<act>")
    def do(act: str) -> Response:
        if act not in ACTS:
            abort(404, "The phone has no such key.")
        wanted = _wanted(ACTS[act])
        if "from" in wanted:
            wanted["from"] = _number(wanted["from"])
        with line():
            return jsonify(_told(network.post(act, wanted)))

    @phone.get("/api/inbox")
    def inbox() -> Response:
        return jsonify(network.inbox(request.args.get("msisdn", "")))

    @phone.get("/api/wire")
    def wire() -> Response:
        return jsonify(network.wire(request.args.get("session", "")))

    phone.register_blueprint(chats(network))

    @phone.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return _error(error.code or 500, error.description or error.name)

    @phone.errorhandler(NetworkRefused)
    def not_taken(error: NetworkRefused) -> Response:
        return _error(error.status, str(error))

    @phone.errorhandler(NetworkDown)
    def down(error: NetworkDown) -> Response:
        return _error(502, str(error))

    return phone


@cache
def _time_zones() -> dict[str, str]:
    return time_zones()


@cache
def _people(settings: Settings) -> list[Any]:
    return list(people(settings))


def _wanted(names: tuple[str, ...]) -> dict[str, str]:
    if request.mimetype != "application/json":
        abort(415, "JSON, please.")
    body = request.get_json(silent=True)
    given = body if isinstance(body, dict) else {}
    values = {name: given[name] for name in names if isinstance(given.get(name), str)}
    if len(values) < len(names):
        abort(400, f"An object with {' and '.join(names)}, please.")
    if any(len(value) > ANSWER_CHARS_MAXIMUM for value in values.values()):
        abort(413, f"At most {ANSWER_CHARS_MAXIMUM} characters, please.")
    return values


def _number(typed: str) -> str:
    try:
        return read_number(typed)
    except BadNumber as bad:
        abort(400, str(bad))


def _told(hop: Hop) -> dict[str, Any]:
    """The hop, with the size of its screen and whether it asks for a secret."""
    used = size(hop["screen"])
    return {
        **hop,
        "why": explain(hop["error"]) if hop["error"] else None,
        "used": used.used,
        "room": used.room,
        "unit": used.unit,
        "secret": hop["state"] == "open" and asks_secret(hop["screen"]),
    }


def _error(status: int, sentence: str) -> Response:
    response = jsonify(error=sentence)
    response.status_code = status
    return response
