"""Files that people sent: a list, and each behind a link that is signed for who looks, for a while.

Nobody looks unseen: each time it is opened is a line of the audit trail.
"""

import hmac
import uuid
from collections.abc import Callable
from typing import Final

from werkzeug.wrappers import Response

from app.console.page import Visit
from core.inbox import files
from core.inbox.files import LISTED
from core.staff.errors import StaffError
from core.staff.roles import Permission
from values import clock

LINK_LIVES_S: Final = 600
SEE_FILES: Final = Permission(
    "messages.see_files", "open files that people sent", ("company_admin", "operator")
)
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
# Whatever it holds, nothing in it is run, and it is taken for nothing but what it is.
_SAFE: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


class FileNotHere(StaffError):
    """That file is not here any more, or the link to it is too old. Open it from the list."""


def listed(visit: Visit) -> Response:
    found = files.page(visit.tx, before=visit.asked_id("before"))
    return visit.show(
        "messages/files.html",
        files=found,
        link=links(visit),
        older=found[-1].id if len(found) == LISTED else None,
    )


def links(visit: Visit) -> Callable[[uuid.UUID], str]:
    """What gives a file's address, signed for who is looking."""
    until = int(clock.epoch_s()) + LINK_LIVES_S

    def link(id: uuid.UUID) -> str:
        return f"/console/messages/files/{id}?until={until}&signed={_mark(visit, id, until)}"

    return link


def opened(visit: Visit, id: uuid.UUID) -> Response:
    """The file itself. Raises FileNotHere."""
    until = visit.args.get("until", 0, type=int)
    given = visit.args.get("signed", "").encode("utf-8", "replace")
    is_ours = hmac.compare_digest(_mark(visit, id, until).encode(), given)
    if not is_ours or until < clock.epoch_s():
        raise FileNotHere
    found = files.look(visit.tx, visit.keys, id, actor=visit.member.actor)
    if found is None:
        raise FileNotHere
    mime_type, content = found
    shown = "inline" if mime_type.startswith("image/") else "attachment"
    name = f'{shown}; filename="{id}.{_ENDINGS[mime_type]}"'
    return Response(content, headers=_SAFE | {"Content-Disposition": name}, mimetype=mime_type)


def _mark(visit: Visit, id: uuid.UUID, until: int) -> str:
    """What shows that a link is ours, and was made for who is looking."""
    parts = (visit.member.id.bytes, id.bytes, str(until).encode())
    return visit.keys.staff_token("file", *parts).hex()
