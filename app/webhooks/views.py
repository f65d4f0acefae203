"""`POST /hooks/<provider>/<kind>/<secret>` as a view: whatever the fast path does not take."""

from functools import partial

from flask import Blueprint, Response, request
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from app.webhooks.fast_path import header_of, target_of
from app.webhooks.receive import Callback, CutOff, Hooks, TooLong


def blueprint(hooks: Hooks, *, takes_chunks: bool) -> Blueprint:
    """Beside what `Hooks.receive` answers: 405 for another method, 411 for a body without a length
    and, unless `takes_chunks`, for one in chunks; 413 for one that says a length over what its
    kind may have."""
    views = Blueprint("hooks", __name__, url_prefix="/hooks")

    # With a slash at its end it is the same address: people type one into a dashboard.
    @views.post("/<provider>/<kind>/<secret>")
    @views.post("/<provider>/<kind>/<secret>/")
    # Some gateways have the session and what it is in the path.
    @views.route("/<provider>/<kind>/<secret>/<path:behind>", methods=["POST", "PUT"])
    def receive(provider: str, kind: str, secret: str, behind: str = "") -> Response:
        length = request.content_length
        is_chunked = length is None and takes_chunks and _is_chunked()
        if length is None and not is_chunked:
            raise LengthRequired
        maximum = hooks.bytes_maximum(provider, kind)
        if length is not None and length > maximum:
            raise RequestEntityTooLarge
        request.max_content_length = maximum
        read = _read_chunks if is_chunked else _read
        content_type = request.content_type or ""
        reply = hooks.receive(
            Callback(
                provider,
                kind,
                secret,
                content_type,
                read,
                is_chunked,
                method=request.method,
                header=partial(header_of, request.environ),
                target=target_of(request.environ),
                behind=behind.removesuffix("/"),
            )
        )
        headers = [*reply.headers]
        return Response(reply.body, reply.status, headers, content_type=reply.content_type)

    # By PUT, too; what else comes by PUT has something in the path behind the secret.
    @views.put("/<provider>/payment/<secret>")
    def receive_payment(provider: str, secret: str) -> Response:
        return receive(provider, "payment", secret)

    return views


def _is_chunked() -> bool:
    """In chunks and nothing else: a length beside them is how requests are smuggled in."""
    coding = request.environ.get("HTTP_TRANSFER_ENCODING", "")
    return coding.strip().lower() == "chunked" and not request.environ.get("CONTENT_LENGTH")


def _read() -> bytes:
    body = request.get_data(cache=False)
    if len(body) != request.content_length:
        raise CutOff
    return body


def _read_chunks() -> bytes:
    """All that comes until the chunks' end mark.

    Granian gives a body that was cut off as an empty one, but only to `read()`: what `read(size)`
    has got so far it gives as if it were whole. So an empty body is refused, and how much may come
    is for `BodyLimit` to say.
    """
    body: bytes = request.environ["wsgi.input"].read()
    if not body:
        raise CutOff
    if len(body) > (request.max_content_length or 0):
        raise TooLong
    return body
