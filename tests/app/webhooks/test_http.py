"""What is no callback at all: refused with a documented status, and without a word."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable

import pytest

from app.webhooks.body_limit import BODY_TIMEOUT_S, READING_PER_SERVICE_MAXIMUM
from app.webhooks.receive import BODY_BYTES_MAXIMUM
from core.db.database import Database
from core.tenants.directory import rotate_hook_secret
from menus import sentences
from menus.texts import say
from tests.support.tenants import PROVIDER
from tests.support.waiting import until
from tests.support.web import (
    ANSWERED_WITHIN_S,
    CODE,
    FORM,
    OTHER_CODE,
    SLUG,
    Answer,
    Phone,
    Web,
    form,
    screen,
)

LIVE_WITHIN_S = 5.0
ALIVE_WITHIN_S = 2.0
CHUNKED = "Transfer-Encoding: chunked"
FLOOD_BYTES = 1_000_000_000
MEMORY_BYTES_MAXIMUM = 100_000_000  # for all bodies of a process together
HUNG_UP_WITHIN_S = BODY_TIMEOUT_S + 10.0


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
    "a kind that is not served yet": lambda web: web.hook().replace("/ussd/", "/sms-in/"),
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
    assert web.raw(_head(web).replace(web.hook().encode(), web.hook().encode() + b"/")).startswith(
        b"HTTP/1.1 411 "
    )
    head = _head(web, CHUNKED).replace(web.hook().encode(), web.hook().encode() + b"/")
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


def test_a_body_has_its_limit(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    body = phone.body() + b"&padding="
    body += b"9" * (BODY_BYTES_MAXIMUM - len(body))
    assert "which group" in screen(web.post(body))
    for size in (len(body) + 1, 1_000_000, 10**12):
        told = web.raw(_head(web, f"Content-Length: {size}") + body + b"9")
        assert told.startswith(b"HTTP/1.1 413 ")
        assert told.endswith(b"\r\n\r\n")


def test_a_body_says_where_it_ends(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    assert web.raw(_head(web, "Connection: close")).startswith(b"HTTP/1.1 411 ")
    phone.text = "1"
    assert "which group" in phone.post()


@pytest.mark.parametrize("chunk_bytes", [1, 7, 1_000])
@pytest.mark.parametrize("piece_bytes", [0, 50])
def test_a_body_in_chunks(web: Web, chunk_bytes: int, piece_bytes: int) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    whole = _head(web, CHUNKED) + chunks(phone.body(), chunk_bytes)
    first = web.raw(whole, piece_bytes=piece_bytes)
    assert b"which group" in first
    assert web.raw(whole).partition(b"\r\n\r\n")[2] == first.partition(b"\r\n\r\n")[2]


def test_a_body_in_chunks_with_all_that_may_be_in_it(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    body = phone.body()
    half = len(body) // 2
    told = web.raw(
        _head(web, "Transfer-Encoding: Chunked", "Trailer: X-Sum")
        + b"%X;name=value\r\n%s\r\n" % (half, body[:half])
        + b'00%x;a="b c"\r\n%s\r\n' % (len(body) - half, body[half:])
        + b"000\r\nX-Sum: 1\r\n\r\n"
    )
    assert told.startswith(b"HTTP/1.1 200 ")
    assert b"which group" in told


def test_chunks_that_say_nothing_are_half_a_body(web: Web) -> None:
    """The server gives what was cut off as an empty body, so that one is never believed."""
    for empty in (b"0\r\n\r\n", b"zz\r\n", b"4\r\ntext\r\nzz\r\n", b"4\r\ntext!!\r\n0\r\n\r\n"):
        told = web.raw(_head(web, CHUNKED) + empty)
        assert told.startswith(b"HTTP/1.1 400 ")
        assert told.endswith(b"\r\n\r\n")


def test_a_length_beside_chunks_is_not_believed(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    before = web.books()
    phone.text = "1"
    body = phone.body()
    told = web.raw(_head(web, CHUNKED, f"Content-Length: {len(body)}") + chunks(body))
    assert told == b"" or told.split()[1] in (b"200", b"400", b"411")
    told = web.raw(_head(web, "Transfer-Encoding: gzip, chunked") + chunks(body))
    assert told == b"" or told.split()[1] in (b"400", b"411", b"501")
    assert web.books() == before


def test_a_body_in_chunks_has_its_limit(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    body = phone.body() + b"&padding="
    body += b"9" * (BODY_BYTES_MAXIMUM - len(body))
    for chunk_bytes in (8, 4_096, len(body)):
        assert b"which group" in web.raw(_head(web, CHUNKED) + chunks(body, chunk_bytes))
        told = web.raw(_head(web, CHUNKED) + chunks(body + b"9", chunk_bytes))
        assert told.startswith(b"HTTP/1.1 413 ")
        assert told.endswith(b"\r\n\r\n")


def test_a_body_in_chunks_without_end_takes_little_memory(web: Web) -> None:
    """It is hung up on after a few megabytes, and everybody else is served meanwhile."""
    before = max(worker.memory_info().rss for worker in web.workers())
    chunk = b"%x\r\n%s\r\n" % (100_000, b"9" * 100_000)
    sent = []

    def flood() -> None:
        with socket.create_connection(("127.0.0.1", web.port), timeout=HUNG_UP_WITHIN_S) as line:
            line.sendall(_head(web, CHUNKED))
            count = 0
            with contextlib.suppress(ConnectionError):
                while count < FLOOD_BYTES:
                    line.sendall(chunk)
                    count += len(chunk)
            sent.append(count)

    floods = [threading.Thread(target=flood) for _ in range(READING_PER_SERVICE_MAXIMUM)]
    for thread in floods:
        thread.start()
    phone = Phone(web, "+233240000999", OTHER_CODE)
    assert phone.dial()
    assert phone.took_s < ANSWERED_WITHIN_S
    for thread in floods:
        thread.join()
    assert len(sent) == len(floods)
    assert max(sent) < FLOOD_BYTES
    assert max(worker.memory_info().rss for worker in web.workers()) - before < MEMORY_BYTES_MAXIMUM
    until(lambda: Phone(web).dial().startswith("CON "))


def test_a_body_in_chunks_that_stalls_is_hung_up_on(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    whole = chunks(phone.body())
    for rest in (whole[:30], whole[:-2], whole.removesuffix(b"0\r\n\r\n")):
        with socket.create_connection(("127.0.0.1", web.port), timeout=HUNG_UP_WITHIN_S) as line:
            line.sendall(_head(web, CHUNKED) + rest)
            started = time.monotonic()
            assert line.recv(1_000).startswith(b"HTTP/1.1 400 ")
            assert time.monotonic() - started >= BODY_TIMEOUT_S - 0.5
    assert "which group" in phone.post()


def test_half_a_hop_is_not_a_shorter_answer(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.type("1", "1")
    phone.text += "*5000"
    body = phone.body()
    cut = body[:-3]
    assert cut.endswith(b"1%2A1%2A5")
    for how, rest in (
        (f"Content-Length: {len(body)}", cut),
        (CHUNKED, chunks(cut).removesuffix(b"0\r\n\r\n")),
        (CHUNKED, chunks(cut).removesuffix(b"\r\n")),
        ("Transfer-Encoding: chunked", b"%x\r\n%s" % (len(body), cut)),
        ("Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(cut), cut)),
        (
            f"Transfer-Encoding: chunked\r\nContent-Length: {len(cut)}",
            b"%x\r\n%s\r\n" % (len(cut), cut),
        ),
    ):
        with socket.create_connection(("127.0.0.1", web.port)) as line:
            line.sendall(_head(web, how) + rest)
        time.sleep(0.2)  # for the server to notice that nobody is there any more
    assert "5,000 RWF" in phone.post()


def test_a_hop_that_comes_in_pieces(web: Web) -> None:
    phone = Phone(web)
    phone.dial()
    phone.text = "1"
    body = phone.body()
    whole = _head(web, f"Content-Length: {len(body)}", "Connection: close") + body
    assert b"which group" in web.raw(whole, piece_bytes=60)


def test_strangers_who_never_finish_keep_nobody_waiting(web: Web) -> None:
    """More of them than there are threads: without the secret nobody waits for their body."""
    lines = [socket.create_connection(("127.0.0.1", web.port)) for _ in range(30)]
    for number, line in enumerate(lines):
        wrong = last_changed(web.hook()) if number % 2 else "/hooks/africastalking/ussd/x"
        head = _head(web, "Content-Length: 500").replace(web.hook().encode(), wrong.encode())
        line.sendall(head + b"sessionId=")
    phone = Phone(web)
    assert phone.dial().startswith("CON ")
    assert phone.took_s < ANSWERED_WITHIN_S
    for line in lines:
        line.close()


def test_a_gateway_that_never_finishes_stops_its_own_service_only(web: Web) -> None:
    """More half bodies than there are threads, all with one service's secret: it is refused at
    once, and everybody else is served."""
    lines = [socket.create_connection(("127.0.0.1", web.port)) for _ in range(30)]
    for line in lines:
        line.sendall(_head(web, "Content-Length: 500") + b"sessionId=")
    others = Phone(web, "+233240000999", OTHER_CODE)
    assert others.dial()
    assert others.took_s < ANSWERED_WITHIN_S
    assert web.ask("GET", "/healthz").took_s < ANSWERED_WITHIN_S
    own = Phone(web)
    own.dial()
    assert own.took_s < ANSWERED_WITHIN_S
    for line in lines:
        line.close()
    until(lambda: own.dial().startswith("CON "))


def test_the_server_starts_without_a_word_about_its_threads(web: Web) -> None:
    assert "Python threads" not in web.said()


def test_half_bodies_for_two_services_stop_nobody(web: Web) -> None:
    """More half bodies than threads, with two services' secrets: whether the process is alive is
    answered meanwhile, they are hung up on after a while, and both services are served again."""
    lines = []
    for code in (CODE, OTHER_CODE) * 40:
        line = socket.create_connection(("127.0.0.1", web.port), timeout=HUNG_UP_WITHIN_S)
        head = _head(web, "Content-Length: 500").replace(
            web.hook().encode(), web.hook(code=code).encode()
        )
        line.sendall(head + b"sessionId=")
        lines.append(line)
    for _ in range(8):  # whichever process answers
        alive = web.ask("GET", "/healthz")
        assert alive.status == 200
        assert alive.took_s < ALIVE_WITHIN_S
    told = [line.recv(1_000) for line in lines]
    assert {answer[:12] for answer in told} <= {b"HTTP/1.1 400", b"HTTP/1.1 200"}
    assert sum(answer.startswith(b"HTTP/1.1 400") for answer in told) >= READING_PER_SERVICE_MAXIMUM
    for code, number in ((CODE, ""), (OTHER_CODE, "+233240000999")):
        phone = Phone(web, number, code)
        not_now = say(sentences.NOT_NOW, web.services[code].tenant.languages[0])
        assert phone.dial() not in (f"END {not_now}", "")
        assert phone.took_s < ANSWERED_WITHIN_S
    for line in lines:
        line.close()


def chunks(body: bytes, chunk_bytes: int = 64) -> bytes:
    pieces = [body[at : at + chunk_bytes] for at in range(0, len(body), chunk_bytes)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def _head(web: Web, *headers: str) -> bytes:
    first = f"POST {web.hook()} HTTP/1.1"
    return "\r\n".join((first, "Host: x", f"Content-Type: {FORM}", *headers, "", "")).encode()


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
