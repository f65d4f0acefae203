"""A group's share-out as a PDF: found, noted in the trail, and written."""

import io
import uuid

from core.audit.trail import record
from core.db.database import Tx
from core.savings import share_outs
from core.security.keyring import Keyring
from core.tenants import business
from workers.documents.share_out import Heading, write_share_out


def pdf(tx: Tx, keys: Keyring, group_id: uuid.UUID, *, language: str, by: str) -> bytes:
    """The newest share-out of a group that was frozen, with each member's part. That it was taken
    is a row of the trail. Raises NoShareOut."""
    of, found = business.of_transaction(tx), share_outs.last(tx, group_id)
    file = io.BytesIO()
    heading = Heading(of.name, of.zone, language)
    write_share_out(found, share_outs.parts(tx, keys, found), heading, file)
    record(tx, by, "take share-out", group_id, {"share_out": str(found.id)})
    return file.getvalue()
