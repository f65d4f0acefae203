"""`GET /files/TOKEN`: the picture or document of a message, for a provider that fetches it.

The address is made when the message goes out, names nothing, and is good for an hour; what is no
such address, or was one, is not found. The file is read from the message itself: there is no copy.
"""

from flask import Blueprint, Response, abort

from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.messaging.messages import content_of
from core.security.keyring import Keyring
from engine.turn.replies import Reply
from values import clock

READ_DEADLINE_S = 5.0
# Nobody's page, and in nobody's memory.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def blueprint(database: Database, keys: Keyring) -> Blueprint:
    """Nothing of the address is logged."""
    files = Blueprint("files", __name__)

    @files.get("/files/<token>")
    def file(token: str) -> Response:
        opened = keys.open_file_token(token, clock.epoch_s())
        if opened is None:
            abort(404)
        tenant_id, message_id = opened
        try:
            with database.transaction(tenant_id, Deadline(READ_DEADLINE_S)) as tx:
                content = content_of(tx, keys, message_id)
        except (Unavailable, OutcomeUnknown):
            abort(503)
        found = Reply.unpacked(content).attachment if content is not None else None
        if found is None or not found.content:
            abort(404)
        return Response(found.content, headers=HEADERS, content_type=found.mime_type)

    return files
