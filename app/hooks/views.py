"""`POST /hooks/<provider>/<kind>/<secret>` as a view: whatever the door does not take."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, LengthRequired

from app.hooks.receive import Callback, Hooks


def blueprint(hooks: Hooks) -> Blueprint:
    """Beside what `Hooks.receive` answers: 405 for another method, 400 for a body that was cut off
    on its way, 411 for one that does not say its length (sent in chunks), 413 for one too long."""
    views = Blueprint("hooks", __name__, url_prefix="/hooks")

    @views.post("/<provider>/<kind>/<secret>")
    def receive(provider: str, kind: str, secret: str) -> Response:
        callback = Callback(provider, kind, secret, request.content_type or "", _body())
        reply = hooks.receive(callback)
        return Response(reply.body, reply.status, content_type=reply.content_type)

    return views


def _body() -> bytes:
    """The whole body. Half of one would be a shorter answer, and when a connection is lost the
    server gives us what has come so far, without a word."""
    length = request.content_length
    if length is None:
        raise LengthRequired
    body = request.get_data(cache=False)
    if len(body) != length:
        raise BadRequest
    return body
