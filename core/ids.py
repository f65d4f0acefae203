"""Identifiers made here, because PostgreSQL 15 to 17 have no uuidv7(): RFC 9562, version 7."""

import os
import time
import uuid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7(at_ms: int | None = None) -> uuid.UUID:
    """A time-ordered UUID: 48 bits of Unix milliseconds, then random."""
    ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    rand = int.from_bytes(os.urandom(10))
    value = (ms & 0xFFFFFFFFFFFF) << 80 | rand
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def floor_of(at_ms: int) -> uuid.UUID:
    """The smallest id of that millisecond: the bound of a range of ids by time."""
    return uuid.UUID(int=(at_ms & 0xFFFFFFFFFFFF) << 80)


def reference_of(entry_id: uuid.UUID) -> str:
    """What a receipt shows and a person reads out: eight characters without I, L, O or U.

    They are the entry's last 40 random bits, so that nothing has to be stored or counted.
    """
    bits = entry_id.int & 0xFFFFFFFFFF
    return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))
