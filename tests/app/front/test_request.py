"""What is read here as a callback, and what is the inner server's business."""

import pytest

from app.front.request import HEAD_BYTES_MAXIMUM, MORE, OTHER, Request, read
from providers.contracts.webhooks import BODY_BYTES_MAXIMUM

HOOK = "/hooks/africastalking/ussd/c2VjcmV0"


def bytes_of(
    line: str = f"POST {HOOK} HTTP/1.1", *headers: str, length: int = 3, body: bytes = b"a=b"
) -> bytes:
    head = [line, "Host: x", "Content-Type: text/x", f"Content-Length: {length}", *headers]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def test_a_whole_callback_is_read() -> None:
    asked = read(bytes_of())
    assert isinstance(asked, Request)
    told = asked.callback
    assert (told.provider, told.kind, told.secret) == ("africastalking", "ussd", "c2VjcmV0")
    assert (told.content_type, told.read(), told.target) == ("text/x", b"a=b", HOOK)
    assert (told.header("Host"), told.header("X-None"), asked.keeps_open) == ("x", "", True)


def test_another_body_with_the_same_head_is_another_body() -> None:
    first, second = read(bytes_of(body=b"a=b")), read(bytes_of(body=b"a=c"))
    assert isinstance(first, Request)
    assert isinstance(second, Request)
    assert (first.callback.read(), second.callback.read()) == (b"a=b", b"a=c")


def test_who_wants_to_close_is_read_too() -> None:
    asked = read(bytes_of("POST " + HOOK + " HTTP/1.1", "Connection: close"))
    assert isinstance(asked, Request)
    assert not asked.keeps_open


@pytest.mark.parametrize("cut", [1, 6, 30, 60, -1, -3])
def test_a_part_of_a_callback_may_become_one(cut: int) -> None:
    assert read(bytes_of()[:cut]) == MORE


OTHERS = {
    "another method": bytes_of(f"GET {HOOK} HTTP/1.1"),
    "another path": bytes_of("POST /console HTTP/1.1"),
    "an older version": bytes_of(f"POST {HOOK} HTTP/1.0"),
    "a query": bytes_of(f"POST {HOOK}?x=1 HTTP/1.1"),
    "an escape": bytes_of(f"POST {HOOK}%20 HTTP/1.1"),
    "a slash more": bytes_of(f"POST {HOOK}/ HTTP/1.1"),
    "a path behind": bytes_of(f"POST {HOOK}/x HTTP/1.1"),
    "dots": bytes_of("POST /hooks/../ussd/x HTTP/1.1"),
    "chunks": bytes_of(f"POST {HOOK} HTTP/1.1", "Transfer-Encoding: chunked"),
    "patience": bytes_of(f"POST {HOOK} HTTP/1.1", "Expect: 100-continue"),
    "an upgrade": bytes_of(f"POST {HOOK} HTTP/1.1", "Connection: Upgrade", "Upgrade: h2c"),
    "two lengths": bytes_of(f"POST {HOOK} HTTP/1.1", "content-length: 3"),
    "a folded header": bytes_of(f"POST {HOOK} HTTP/1.1", "X: 1\r\n 2"),
    "a space before the colon": bytes_of(f"POST {HOOK} HTTP/1.1", "X : 1"),
    "a bare line feed": bytes_of(f"POST {HOOK} HTTP/1.1", "X: 1\nY: 2"),
    "letters outside ASCII": bytes_of(f"POST {HOOK} HTTP/1.1", "X: \xe9"),
    "more behind the body": bytes_of(body=b"a=bPOST"),
    "no length": f"POST {HOOK} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "no host": f"POST {HOOK} HTTP/1.1\r\nContent-Length: 0\r\n\r\n".encode(),
    "a sign in the length": bytes_of().replace(b": 3", b": +3"),
    "a length that is too long": bytes_of(length=BODY_BYTES_MAXIMUM + 1),
    "a head that is too long": b"POST /hooks/" + b"a" * HEAD_BYTES_MAXIMUM,
    "TLS": b"\x16\x03\x01",
}


@pytest.mark.parametrize("what", OTHERS)
def test_anything_else_is_not_ours(what: str) -> None:
    assert read(OTHERS[what]) == OTHER
