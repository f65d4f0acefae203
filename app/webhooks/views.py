"""`POST /hooks/<provider>/<kind>/<secret>` as a view: whatever the door does not take."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from app.webhooks.receive import BODY_BYTES_MAXIMUM, Callback, CutOff, Hooks


def blueprint(hooks: Hooks) -> Blueprint:
    """Beside what `Hooks.receive` answers: 405 for another method, 411 for a body that does not say
    its length (sent in chunks), 413 for one over 64 KiB."""
    views = Blueprint("hooks", __name__, url_prefix="/hooks")

    # With a slash at its end it is the same address: people type one into a dashboard.
    @views.post("/<provider>/<kind>/<secret>")
    @views.post("/<provider>/<kind>/<secret>/")
    def receive(provider: str, kind: str, secret: str) -> Response:
        if request.content_length is None:
            # When a connection is lost, the server gives us what has come so far without a word.
            raise LengthRequired
        if request.content_length > BODY_BYTES_MAXIMUM:
            raise RequestEntityTooLarge
        reply = hooks.receive(Callback(provider, kind, secret, request.content_type or "", _read))
        return Response(reply.body, reply.status, content_type=reply.content_type)

    return views


def _read() -> bytes:
    body = request.get_data(cache=False)
    if len(body) != request.content_length:
        raise CutOff
    return body
