"""Arrays in Postgres' binary form, as parameters of prepared statements."""

import struct
import uuid
from collections.abc import Sequence

# Dimensions, whether any is NULL, the type's number, how many, and the index of the first; then
# each with its length.
_ARRAY = struct.Struct(">iiiii")
_BIGINT_WITH_LENGTH = struct.Struct(">iq")
_UUID_LENGTH = (16).to_bytes(4)
_UUID, _BIGINT = 2950, 20


def uuids(values: Sequence[uuid.UUID]) -> bytes:
    """An array of UUIDs."""
    head = _ARRAY.pack(1, 0, _UUID, len(values), 1)
    return head + b"".join([_UUID_LENGTH + value.bytes for value in values])


def bigints(values: Sequence[int]) -> bytes:
    """An array of 64-bit integers."""
    head = _ARRAY.pack(1, 0, _BIGINT, len(values), 1)
    return head + b"".join([_BIGINT_WITH_LENGTH.pack(8, value) for value in values])
