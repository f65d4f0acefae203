"""`POST /ingest/sms`, and `/ingest-sms`: texts that a tenant's devices forward.

A device names itself in the query (`?device=…`) and signs the body with its secret; the time is
signed with it. What is stored is answered, and worked later; the same again is stored once.

| status | when |
| --- | --- |
| 200 | each text is stored, known or refused: `{"results": [{"state": "stored"}, …]}` |
| 400 | the body is none of the shapes, or the device's clock is off |
| 401 | no such device, or it did not sign this |
| 411, 413 | no length, or too long |
| 503 | not stored now; post it again |
"""

import time
import uuid
from dataclasses import dataclass
from functools import partial

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from app.webhooks import forwarded
from app.webhooks.body_limit import BodyLimit
from app.webhooks.fast_path import header_of
from app.webhooks.forwarded import Unread, Unreadable
from core.db.database import Database
from core.db.errors import OutcomeUnknown, Unavailable
from core.payments import devices, signatures, text_inbox
from core.payments.text_inbox import Forwarded
from core.security.keyring import Keyring

BODY_BYTES_MAXIMUM = 256 * 1024
_REFUSED = "No such device, or another has signed this."


@dataclass(frozen=True, slots=True)
class _Answer(Exception):
    """An answer that ends the request, as a JSON object."""

    status: int
    said: dict[str, object]


def blueprint(database: Database, keys: Keyring, bodies: BodyLimit) -> Blueprint:
    """Both addresses. Nothing of a text, and no address, is logged."""
    views = Blueprint("texts", __name__)

    @views.post("/ingest/sms")
    @views.post("/ingest-sms")
    def ingest() -> Response:
        try:
            return _json(200, {"results": _take(database, keys, bodies)})
        except _Answer as answer:
            return _json(answer.status, answer.said)
        except (Unavailable, OutcomeUnknown):
            return _json(503, {"error": "Not stored now. Post it again."})

    return views


def _take(database: Database, keys: Keyring, bodies: BodyLimit) -> list[dict[str, str]]:
    ids = devices.read_address(request.args.get("device", ""))
    header = partial(header_of, request.environ)
    shape = forwarded.find(header)
    if ids is None or shape is None:
        raise _Answer(401, {"error": _REFUSED})
    tenant_id, device_id = ids
    with database.transaction(tenant_id) as tx:
        valid = devices.secrets_of(tx, keys, device_id)
    if not valid:  # a name that anybody may make up gets no place for reading
        raise _Answer(401, {"error": _REFUSED})
    body = bodies.read(device_id, _body)
    signed = forwarded.signed(shape, header, body)
    if not signatures.is_right(signed, valid):
        raise _Answer(401, {"error": _REFUSED})
    _require_fresh(signed)
    try:
        parts = forwarded.texts_of(shape, body)
    except Unreadable as why:
        raise _Answer(400, {"error": str(why)}) from None
    return _store(database, keys, tenant_id, device_id, parts)


def _body() -> bytes:
    length = request.content_length
    if length is None:
        raise LengthRequired
    if length > BODY_BYTES_MAXIMUM:
        raise RequestEntityTooLarge
    request.max_content_length = BODY_BYTES_MAXIMUM
    body = request.get_data(cache=False)
    if len(body) != length:
        raise _Answer(400, {"error": "The body was cut off."})
    return body


def _require_fresh(signed: signatures.Signed) -> None:
    """Signed now, by a clock that is about right: an old request cannot be posted again."""
    signed_s, now_s = signatures.timestamp_s(signed), time.time()
    if signed_s is None or abs(now_s - signed_s) > signatures.WINDOW_S:
        said = f"Signed more than {signatures.WINDOW_S} s from now: is the device's clock right?"
        raise _Answer(400, {"error": said})


def _store(
    database: Database,
    keys: Keyring,
    tenant_id: uuid.UUID,
    device_id: uuid.UUID,
    parts: list[Forwarded | Unread],
) -> list[dict[str, str]]:
    texts = [part for part in parts if isinstance(part, Forwarded)]
    with database.transaction(tenant_id) as tx:
        device = devices.lock(tx, device_id)
        fresh = iter(text_inbox.store(tx, keys, device, texts))
        return [
            {"state": "stored" if next(fresh) else "known"}
            if isinstance(part, Forwarded)
            else {"state": "refused", "error": part.why}
            for part in parts
        ]


def _json(status: int, said: dict[str, object]) -> Response:
    return Response(orjson.dumps(said), status, content_type="application/json")
