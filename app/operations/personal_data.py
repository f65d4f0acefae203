"""All that is held of one person, as JSON or PDF, for them or for who may ask for it."""

import io
import uuid
from typing import Final, Literal

from app import domains
from core.audit.trail import record
from core.db.database import Tx
from core.documents.pdf_file import write_pdf
from core.documents.table import About
from core.lists import personal
from core.security.keyring import Keyring
from core.tenants import business
from values import clock

Form = Literal["json", "pdf"]
MEDIA_TYPES: Final = {"json": "application/json", "pdf": "application/pdf"}


def held_of(
    tx: Tx, keys: Keyring, person_id: uuid.UUID, form: Form, *, by: str, reason: str
) -> bytes:
    """What every domain declares that its tables hold of a person, as of this transaction. That it
    was taken, and why, is a row of the trail."""
    found = list(personal.held(tx, keys, domains.load().personal, person_id))
    as_at = clock.now()
    detail = {"reason": reason, "format": form, "tables": [one.table for one in found]}
    record(tx, by, "export personal data", person_id, detail)
    if form == "json":
        return personal.as_json(found, person_id, as_at)
    of = business.of_transaction(tx)
    lines = [f"person {person_id}", f"as at {as_at.astimezone(of.zone):%Y-%m-%d %H:%M}"]
    lines += [f"{one.table}: the first {personal.ROWS_MAXIMUM:,} rows" for one in found if one.cut]
    lines.append("amounts in minor units of their currency, times as at " + str(of.zone))
    file = io.BytesIO()
    about = About("Personal data", of.name, tuple(lines), of.zone)
    write_pdf(about, personal.as_tables(found), file)
    return file.getvalue()
