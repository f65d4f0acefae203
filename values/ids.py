"""Identifiers made here, because PostgreSQL 15 to 17 have no uuidv7(): RFC 9562, version 7."""

import os
import uuid
from datetime import UTC, datetime

from values import clock

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
_PAIR_BITS = (1 << 10) - 1


def uuid7(at_ms: int | None = None) -> uuid.UUID:
    """A time-ordered UUID: 48 bits of Unix milliseconds, 12 of their fraction, 62 random.

    The time is the database's (`values.clock`), so that ids of all hosts sort alike. The fraction
    (RFC 9562, method 3) keeps what one process makes in the order it was made.
    """
    ns = clock.epoch_ns() if at_ms is None else at_ms * 1_000_000
    ms, rest_ns = divmod(ns, 1_000_000)
    fraction = (rest_ns << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8)) & _RANDOM_BITS
    return uuid.UUID(int=(ms & _MS_BITS) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)


_MS_BITS = (1 << 48) - 1
_RANDOM_BITS = (1 << 62) - 1


def floor_of(at_ms: int) -> uuid.UUID:
    """The smallest id of that millisecond: the bound of a range of ids by time."""
    return uuid.UUID(int=(at_ms & _MS_BITS) << 80)


def made_at(id: uuid.UUID) -> datetime:
    """When an id was made, in UTC: its first 48 bits are Unix milliseconds."""
    return datetime.fromtimestamp((id.int >> 80) / 1_000, UTC)


def reference_of(entry_id: uuid.UUID) -> str:
    """What a receipt shows and a person reads out: eight characters without I, L, O or U.

    They are the entry's last 40 random bits, so that nothing has to be stored or counted.
    """
    bits = entry_id.int & 0xFFFFFFFFFF
    return "".join(_PAIRS[bits >> shift & _PAIR_BITS] for shift in (30, 20, 10, 0))


def reference_bits(reference: str) -> int | None:
    """The 40 bits that a reference shows, as somebody may have read it out: I and L for 1, O for 0.
    None for what is no reference."""
    plain = "".join(reference.split()).upper().translate(_MISREAD)
    if len(plain) != 8 or any(char not in _CROCKFORD for char in plain):
        return None
    bits = 0
    for char in plain:
        bits = bits << 5 | _CROCKFORD.index(char)
    return bits


_MISREAD = str.maketrans("ILO", "110")
