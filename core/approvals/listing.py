"""What officers asked for and decided, as a list that people take away."""

from collections.abc import Sequence
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Filter, Listing, Wanted
from core.security.keyring import Keyring
from values.ids import made_at


def _rows(
    _tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    return [
        (made_at(id), str(id), kind, str(subject_id) if subject_id else None, *rest)
        for id, kind, subject_id, *rest in found
    ]


APPROVALS: Final = Listing(
    name="approvals",
    title="Approvals",
    permission="approvals.look",
    api_scope="approvals:read",
    columns=(
        Column("at", "Asked", "moment", width=1.2),
        Column("request", "Request", width=2),
        Column("kind", "Kind"),
        Column("about", "About", width=2),
        Column("reason", "Reason", width=1.5),
        Column("asked_by", "By"),
        Column("state", "State", width=0.8),
        Column("decided_by", "Decided by"),
        Column("ended_at", "Ended", "moment", width=1.2),
    ),
    key="r.id",
    query=(
        "SELECT r.id, r.kind, r.subject_id, r.reason, r.requested_by, r.state, r.decided_by,"
        " r.ended_at FROM approval_request r WHERE r.tenant_id = current_tenant()"
    ),
    dated="r.id",
    rows=_rows,
    filters=(
        Filter("state", "r.state", ("pending", "approved", "refused", "expired")),
        Filter("kind", "r.kind"),
    ),
)
