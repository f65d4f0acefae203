"""What the search after the whole run takes for a PIN that somebody typed, and what not."""

import pytest

from tests.security.afterwards import pins_as_typed


def hset(field: str, value: str) -> bytes:
    """As Valkey's log writes it down."""
    words = ["HSET", "key", field, value]
    each = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
    return f"*{len(words)}\r\n{each}".encode()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"answer":"1538"}', True),
        (b'{"text":"1*1*500*1*1538"}', True),
        (b"text=1*1538*2", True),
        (hset("answer", "1538"), True),
        (hset("text", "1*1538"), True),
        (hset("apid", "1538"), True),
        # The number of an RQ worker's process may be anybody's PIN.
        (hset("pid", "1538"), False),
        (hset("answer", "1539"), False),
        (b"5.153800Z 21538", False),
    ],
)
def test_a_typed_pin_is_told_from_a_number(data: bytes, found: bool) -> None:
    assert bool(pins_as_typed({"1538", "5091"}).search(data)) is found
