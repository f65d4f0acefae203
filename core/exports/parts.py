"""Where the parts of an export lie: sealed rows of Postgres, bound to their export and place.

Whatever stores files elsewhere has these three functions to fill.
"""

import uuid
from collections.abc import Iterator
from typing import BinaryIO, Final, Literal

from core.db.database import Database, Deadline, Tx
from core.security.keyring import Keyring

Stage = Literal["rows", "file"]
FILE_PART_BYTES: Final = 512 * 1024
READ_DEADLINE_S: Final = 10.0


def put_rows(tx: Tx, keys: Keyring, export_id: uuid.UUID, number: int, packed: bytes) -> None:
    """Keep a page of rows. `number` counts from 0."""
    _put(
        tx, export_id, "rows", number, keys.seal_bytes(packed, _context(export_id, "rows", number))
    )


def _put(tx: Tx, export_id: uuid.UUID, stage: Stage, number: int, sealed: bytes) -> None:
    tx.execute(
        "INSERT INTO export_part (tenant_id, export_id, stage, number, content_sealed)"
        " VALUES (current_tenant(), %s, %s, %s, %s)",
        (export_id, stage, number, sealed),
    )


def put_file(tx: Tx, keys: Keyring, export_id: uuid.UUID, file: BinaryIO) -> int:
    """Keep a file from its beginning on, in place of the rows that it is made of; answers its
    length in bytes."""
    file.seek(0)
    size = 0
    for number, content in enumerate(iter(lambda: file.read(FILE_PART_BYTES), b"")):
        sealed = keys.seal_bytes(content, _context(export_id, "file", number))
        _put(tx, export_id, "file", number, sealed)
        size += len(content)
    tx.execute(
        "DELETE FROM export_part WHERE tenant_id = current_tenant() AND export_id = %s"
        " AND stage = 'rows'",
        (export_id,),
    )
    return size


def read(
    database: Database, keys: Keyring, tenant_id: uuid.UUID, export_id: uuid.UUID, stage: Stage
) -> Iterator[bytes]:
    """The parts in their order, each in a transaction of its own: nobody's slow line holds one."""
    number = 0
    while True:
        with database.transaction(tenant_id, Deadline(READ_DEADLINE_S)) as tx:
            row = tx.one(
                "SELECT content_sealed FROM export_part WHERE tenant_id = current_tenant()"
                " AND export_id = %s AND stage = %s AND number = %s",
                (export_id, stage, number),
            )
        if row is None:
            return
        yield keys.open_bytes(row[0], _context(export_id, stage, number))
        number += 1


def _context(export_id: uuid.UUID, stage: Stage, number: int) -> bytes:
    return b"export\0" + export_id.bytes + f"\0{stage}\0{number}".encode()
