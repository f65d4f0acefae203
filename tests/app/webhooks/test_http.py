"""What is no callback at all: refused with a documented status, and without a word."""

import time
from collections.abc import Callable

import pytest

from core.db.database import Database
from core.tenants.changes import rotate_hook_secret
from tests.support.tenants import PROVIDER
from tests.support.waiting import until
from tests.support.web import (
    CHUNKED,
    FORM,
    OTHER_CODE,
    SLUG,
    Answer,
    Phone,
    Web,
    chunks,
    form,
    head_of,
    screen,
)

LIVE_WITHIN_S = 5.0


def refused(answer: Answer, status: int) -> None:
    assert answer.status == status
    assert answer.body == b""
    assert answer.headers["content-type"].startswith("text/plain")
    assert "location" not in answer.headers


def last_changed(path: str) -> str:
    return path[:-2] + ("AA" if path[-2:] != "AA" else "BB")


WRONG: dict[str, Callable[[Web], str]] = {
    "a last letter": lambda web: last_changed(web.hook()),
    "one letter less": lambda web: web.hook()[:-1],
    "one letter more": lambda web: web.hook() + "A",
    "other case": lambda web: web.hook().replace(web.hook()[-52:], web.hook()[-52:].swapcase()),
    "another kind's": lambda web: web.hook("ussd-end").replace("/ussd-end/", "/ussd/"),
    "another provider's": lambda web: web.hook()[:-52] + web.secret("twilio"),
    "a generation to come": lambda web: web.hook(generation=9),
    "generation 0": lambda web: web.hook(generation=0),
    "the service's id and nothing": lambda web: web.hook()[:-52] + web.hook()[-52:][:26] + "A" * 26,
    "another service's": lambda web: web.hook()[:-20] + web.hook(code=OTHER_CODE)[-20:],
    "a service that is not": lambda web: web.hook()[:-52] + "A" * 52,
    "a word": lambda web: web.hook()[:-52] + "secret",
    "no ASCII": lambda web: web.hook()[:-52] + "%C3%A9" * 52,
    "NULs": lambda web: web.hook()[:-52] + "%00" * 52,
    "10 kB": lambda web: web.hook()[:-52] + "A" * 10_000,
    "a line break": lambda web: web.hook() + "%0A",
    "a space": lambda web: web.hook() + "%20",
    "a path": lambda web: web.hook()[:-52] + "..%2F..%2Fetc",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_secret_is_forbidden(web: Web, what: str) -> None:
    phone = Phone(web)
    phone.dial()
    before = web.books()
    refused(
        web.post(phone.body(), WRONG[what](web)), 403 if "..%2F" not in WRONG[what](web) else 404
    )
    assert "How much" in phone.type("1", "1")
    assert web.books() == before


NOT_SERVED: dict[str, Callable[[Web], str]] = {
    "an unknown provider": lambda web: web.hook().replace(PROVIDER, "nobody"),
    "an unknown kind": lambda web: web.hook().replace("/ussd/", "/telepathy/"),
    "a kind of another channel": lambda web: web.hook("sms-in"),
    "a provider in capitals": lambda web: web.hook().replace(PROVIDER, "AfricasTalking"),
    "a provider that is a module": lambda web: web.hook().replace(PROVIDER, "..contract"),
    "no secret": lambda web: web.hook()[:-52],
    "no kind": lambda web: f"/hooks/{PROVIDER}",
    "hooks": lambda web: "/hooks",
    "two slashes behind": lambda web: web.hook() + "//",
    "a folder behind": lambda web: web.hook() + "/x",
    "two slashes": lambda web: web.hook().replace("/ussd", "//ussd"),
    "dots": lambda web: "/x/.." + web.hook(),
    "dots escaped": lambda web: "/x/%2e%2e" + web.hook(),
    "backslashes": lambda web: "/hooks" + web.hook().removeprefix("/hooks").replace("/", "%5C"),
    "a parameter": lambda web: web.hook().replace("/ussd/", "/ussd;x=1/"),
    "the phone without a demo": lambda web: "/phone",
    "a file": lambda web: "/static/../app/settings.py",
    "nothing": lambda web: "/",
}


@pytest.mark.parametrize("what", NOT_SERVED)
def test_what_is_not_served_is_not_found(web: Web, what: str) -> None:
    refused(web.post(b"", NOT_SERVED[what](web)), 404)


def test_a_slash_at_the_end_is_the_same_hook(web: Web) -> None:
    phone = Phone(web)
    phone.session_id = f"ATUid_{time.monotonic_ns()}"
    assert screen(web.post(phone.body(), web.hook() + "/")).startswith("CON ")
    assert "which group" in phone.type("1")
    refused(web.post(phone.body(), last_changed(web.hook()) + "/"), 403)
    assert web.ask("GET", web.hook() + "/").status == 405
    assert web.raw(
        head_of(web).replace(web.hook().encode(), web.hook().encode() + b"/")
    ).startswith(b"HTTP/1.1 411 ")
    head = head_of(web, CHUNKED).replace(web.hook().encode(), web.hook().encode() + b"/")
    assert b"which group" in web.raw(head + chunks(phone.body()))


@pytest.mark.parametrize("kind", ["ussd", "ussd-end", "sms-report"])
def test_another_method_is_not_allowed(web: Web, kind: str) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"):
        answer = web.ask(method, web.hook(kind))
        refused(answer, 405)
        assert set(answer.headers["allow"].split(", ")) == {"OPTIONS", "POST"}
    told = web.ask("OPTIONS", web.hook(kind))
    assert (told.status, told.body) == (200, b"")
    forced = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST"}
    refused(web.ask("GET", web.hook(kind), headers=forced), 405)


MALFORMED = {
    "no HTTP": b"how are you?\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a length of letters": b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\nx",
    "a negative length": b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nx",
    "two lengths": b"POST %s HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
    "a length with a plus": b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx",
    "chunks of letters": b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "another encoding": b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nx",
    "a header of 1 MB": b"POST %s HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "a thousand headers": b"POST %s HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * 1_000 + b"\r\n",
    "a header without a colon": b"POST %s HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "a header with NUL": b"POST %s HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n",
    "a header folded": b"POST %s HTTP/1.1\r\nHost: x\r\nX: 1\r\n 2\r\n\r\n",
    "a path with NUL": b"POST %s\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path with a space": b"POST %s x HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_no_http_is_a_bad_request(web: Web, what: str) -> None:
    data = MALFORMED[what].replace(b"%s", web.hook().encode())
    told = web.raw(data)
    assert told.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")) or told == b""
    assert b"\r\n\r\n" not in told or told.split(b"\r\n\r\n", 1)[1] == b""
    assert Phone(web).dial().startswith("CON ")


ODD_HEADERS = {
    "another host": "Host: evil.example",
    "no host at all": "",
    "a host of no sense": "Host: [::::]:x",
    "bytes for a host": "Host: \xff\xfe",
    "forwarded": "Host: x\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: evil.example",
    "a proxy": "Host: x\r\nProxy: http://evil.example\r\nX-Original-URL: /phone",
    "a cookie": "Host: x\r\nCookie: " + "a=b; " * 500,
    "an encoding that it is not": "Host: x\r\nContent-Encoding: gzip",
    "a wish": "Host: x\r\nAccept: application/json\r\nAccept-Charset: utf-7",
    "a range": "Host: x\r\nRange: bytes=0-1\r\nIf-None-Match: *",
    "an upgrade": "Host: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AA",
    "a credential": "Host: x\r\nAuthorization: Basic " + "A" * 1_000,
    "patience": "Host: x\r\nExpect: 100-continue",
}


@pytest.mark.parametrize("what", ODD_HEADERS)
def test_headers_change_nothing(web: Web, what: str) -> None:
    phone = Phone(web)
    phone.session_id = f"ATUid_{time.monotonic_ns()}"
    body = phone.body()
    version = "1.0" if what == "no host at all" else "1.1"
    head = f"POST {web.hook()} HTTP/{version}\r\n{ODD_HEADERS[what]}\r\n".replace(
        "\r\n\r\n", "\r\n"
    )
    head += f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    told = web.raw(head.encode("latin-1") + body)
    told = told.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    status, _, rest = told.partition(b"\r\n")
    assert status.split()[1] == b"200", told[:300]
    assert rest.split(b"\r\n\r\n", 1)[1].startswith(b"CON Ibimina")
    assert b"evil" not in told


def test_secrets_rotate_without_downtime(web: Web) -> None:
    """Two generations are live: a new one at once, the one before until the next rotation."""
    phone = Phone(web)
    database = Database(web.urls.database_url)
    with database.transaction(None) as tx:
        row = tx.one("SELECT find_tenant(%s)", (SLUG,))
    assert row is not None

    def rotate() -> None:
        with database.transaction(row[0]) as tx:
            rotate_hook_secret(tx, web.services[phone.code].id)

    def dial(generation: int) -> int:
        phone.session_id, phone.text = f"ATUid_{time.monotonic_ns()}", ""
        return web.post(phone.body(), web.hook(generation=generation)).status

    def none_takes(generation: int) -> bool:
        return all(dial(generation) == 403 for _ in range(10))  # by whichever process

    try:
        assert dial(1) == 200
        rotate()
        for _ in range(20):  # no process may have missed it
            assert (dial(1), dial(2)) == (200, 200)
        rotate()
        until(lambda: none_takes(1), LIVE_WITHIN_S)
        assert (dial(2), dial(3)) == (200, 200)
    finally:
        web.admin.execute("UPDATE service SET hook_generation = 1, tenant_id = tenant_id")
        web.admin.execute("UPDATE tenant SET version = nextval('config_version')")
        database.close()
    until(lambda: all(dial(1) == 200 for _ in range(10)), LIVE_WITHIN_S)


def test_reports_that_make_no_sense_are_acknowledged(web: Web) -> None:
    """An error would have the provider send them again for hours; no text of ours is meant."""
    before = web.books()
    for kind in ("ussd-end", "sms-report"):
        hook = web.hook(kind)
        for body in (
            b"",
            b"\x00\xff",
            b'{"id": "1"}',
            form(id="ATXid_1", status="Success"),
            form(id="ATXid_1", status="Teleported", phoneNumber="+250790000001"),
            form(id="x" * 10_000, status="Success", phoneNumber="MTN"),
            form(id="' OR 1=1 --", status="Failed", failureReason="\x00" * 100),
            form(sessionId="1", serviceCode="*384*10#", phoneNumber="+250790000001"),
            form(
                sessionId="1",
                serviceCode="*384*10#",
                phoneNumber="+250790000001",
                status="Failed",
                input="1*1*4821",
                lastAppResponse="Traceback",
                durationInMillis="-1e99",
                date="yesterday",
                cost="free",
            ),
        ):
            answer = web.post(body, hook)
            assert (answer.status, answer.body) == (200, b"")
    assert web.books() == before
    assert web.admin.execute("SELECT count(*) FROM early_report").fetchone() == (0,)
