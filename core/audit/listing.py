"""The audit trail as a list that people take away."""

from collections.abc import Sequence
from typing import Final

import orjson

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
        (
            *(made_at(id), seq, actor, action, str(object_id) if object_id else None),
            *(orjson.dumps(detail).decode(), bytes(hashed).hex()),
        )
        for id, seq, actor, action, object_id, detail, hashed in found
    ]


AUDIT: Final = Listing(
    name="audit",
    title="Audit trail",
    permission="audit.read",
    api_scope="audit:read",
    columns=(
        Column("at", "When", "moment", width=1.2),
        Column("place", "Place", "number", width=0.6),
        Column("who", "Who"),
        Column("what", "What", width=1.3),
        Column("object", "About", width=1.8),
        Column("detail", "Detail", width=2.5),
        Column("hash", "Link", width=2),
    ),
    key="a.id",
    query=(
        "SELECT a.id, l.seq, a.actor, a.action, a.object_id, a.detail, l.hash FROM audit a"
        " JOIN audit_link l ON l.tenant_id = a.tenant_id AND l.audit_id = a.id"
        " WHERE a.tenant_id = current_tenant()"
    ),
    dated="a.id",
    rows=_rows,
    filters=(Filter("who", "a.actor"), Filter("what", "a.action")),
)
