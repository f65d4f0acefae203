"""`piga web` as an operator starts it, and a gateway that posts whatever a test wants to it."""

import contextlib
import hashlib
import http.client
import itertools
import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg

from app.settings import CHECKOUT
from core.db.database import Database
from core.security.installation import set_key
from core.security.keyring import Keyring
from core.tenants.directory import all_services
from menus import gsm7
from tests.support.domains import verify
from tests.support.population import populate
from tests.support.servers import DatabaseUrls
from tests.support.tenants import PROVIDER, write_folders
from tests.support.waiting import until
from values.ids import reference_of

KEY = bytes(range(7, 39))
KEYS = Keyring(KEY)
CODE, SLUG = "*384*10#", "ibimina"
OTHER_CODE, OTHER_SLUG = "*384*40#", "fuel"
FORM = "application/x-www-form-urlencoded"
CHUNKED = "Transfer-Encoding: chunked"
PEOPLE = 400
# Those that anybody may ring, pay and pretend to be; the others are each one test's own.
ANYBODY = range(PEOPLE - 50, PEOPLE)

READY_WITHIN_S = 30.0
HOP_WITHIN_S = 20.0
SILENT_AFTER_S = 2.0
# The turn's deadline, a last wait for Redis, and a machine that has other work to do.
ANSWERED_WITHIN_S = 5.0

_people = itertools.count()


def fill(urls: DatabaseUrls) -> None:
    """Two tenants, and many members of a group with money, in an empty database."""
    set_key(urls.owner_url, KEYS)
    folders = [CHECKOUT / "fixtures" / "tenants" / slug for slug in (SLUG, OTHER_SLUG)]
    write_folders(urls.database_url, folders, KEYS)
    database = Database(urls.database_url)
    populate(database, KEYS, SLUG, members=PEOPLE)
    database.close()


def next_number() -> str:
    """The phone of a member that no other test of this process has used."""
    number = next(_people)
    assert number not in ANYBODY, "too few people for so many tests"
    return f"+25079{number:07d}"


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP. `took_s` is from the first byte sent."""

    status: int
    headers: dict[str, str]
    body: bytes
    took_s: float

    @property
    def text(self) -> str:
        return self.body.decode()


class Web:
    """One `piga web` with its workers, and what belongs to it."""

    def __init__(
        self,
        urls: DatabaseUrls,
        redis_url: str,
        log: Path,
        *,
        database_url: str = "",
        workers: int = 2,
        threads: int = 4,
    ) -> None:
        self.urls = urls
        self.redis_url = redis_url
        self.log = log
        self.port = _free_port()
        self.admin = psycopg.connect(urls.admin_url, autocommit=True)
        environment = {
            "PIGA_HOME": str(log.parent),
            "PORT": str(self.port),
            "PIGA_DEMO": "0",
            "DATABASE_URL": database_url or urls.database_url,
            "REDIS_URL": redis_url,
            "PIGA_KEY": KEY.hex(),
            "WEB_WORKERS": str(workers),
            "WEB_THREADS": str(threads),
        }
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "web"],
                cwd=CHECKOUT,
                env=os.environ | environment,
                stdout=output,
                stderr=output,
            )
        database = Database(urls.database_url)
        self.services = {service.code: service for service in all_services(database)}
        database.close()

    def __enter__(self) -> "Web":
        until(self.is_ready, READY_WITHIN_S)
        return self

    def __exit__(self, *fault: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.admin.close()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("GET", "/readyz").status == 200
        return False

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def workers(self) -> list[psutil.Process]:
        return [
            child
            for child in psutil.Process(self.process.pid).children()
            if "resource_tracker" not in " ".join(child.cmdline())
        ]

    # -- the wire ----------------------------------------------------------------------------------

    def hook(self, kind: str = "ussd", code: str = CODE, generation: int = 1) -> str:
        """The path that a provider is given for this kind of callback."""
        return f"/hooks/{PROVIDER}/{kind}/{self.secret(PROVIDER, kind, code, generation)}"

    def secret(
        self, provider: str, kind: str = "ussd", code: str = CODE, generation: int = 1
    ) -> str:
        return KEYS.hook_secret(provider, kind, self.services[code].id, generation)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HOP_WITHIN_S)
        started = time.monotonic()
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            read = response.read()
        finally:
            connection.close()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, read, time.monotonic() - started)

    def post(self, body: bytes, path: str = "", content_type: str = FORM) -> Answer:
        return self.ask("POST", path or self.hook(), body, {"Content-Type": content_type})

    def raw(self, data: bytes, piece_bytes: int = 0) -> bytes:
        """Exactly these bytes, and the response to them: empty when the server says nothing."""
        pieces = [data]
        if piece_bytes:
            pieces = [data[at : at + piece_bytes] for at in range(0, len(data), piece_bytes)]
        told = b""
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=SILENT_AFTER_S) as line,
            contextlib.suppress(OSError),
        ):
            for piece in pieces:
                line.sendall(piece)
                if piece_bytes:
                    time.sleep(0.01)
            while not _is_whole(told) and (part := line.recv(65536)):
                told += part
        return told

    # -- the books ---------------------------------------------------------------------------------

    def books(self) -> tuple[Any, ...]:
        """All that money and its receipts have left behind, as one value to compare."""
        row = self.admin.execute(
            "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM posting),"
            " (SELECT count(*) FROM hold), (SELECT count(*) FROM message),"
            " (SELECT count(*) FROM outbox), (SELECT count(*) FROM contribution),"
            " (SELECT count(*) FROM intent WHERE state <> 'open' AND state <> 'void'),"
            " (SELECT count(*) FROM subscriber), (SELECT count(*) FROM address),"
            " (SELECT string_agg(concat(id, balance_minor, held_minor), ',' ORDER BY id)"
            "  FROM account)"
        ).fetchone()
        assert row is not None
        return (*row[:-1], hashlib.sha256(row[-1].encode()).hexdigest())

    def verify(self) -> None:
        report = verify(self.urls.verify_url)
        assert report.ok, [check for check in report.checks if not check.ok]

    def paid_by(self, number: str) -> list[tuple[int, str, int]]:
        """What a person has paid into groups: amount, reference, and how many receipts of it are
        in the outbox."""
        rows = self.admin.execute(
            "SELECT c.amount_minor, c.entry_id, (SELECT count(*) FROM outbox o JOIN message m"
            "  ON m.id = o.subject_id WHERE m.entry_id = c.entry_id)"
            " FROM contribution c JOIN address a ON a.subscriber_id = c.subscriber_id"
            " WHERE a.lookup = %s ORDER BY c.entry_id",
            (KEYS.lookup("msisdn", number),),
        ).fetchall()
        return [(amount, reference_of(entry), receipts) for amount, entry, receipts in rows]

    def wallet_of(self, number: str) -> int:
        row = self.admin.execute(
            "SELECT w.balance_minor FROM account w JOIN address a ON a.subscriber_id = w.owner_id"
            " WHERE a.lookup = %s AND w.kind = 'wallet'",
            (KEYS.lookup("msisdn", number),),
        ).fetchone()
        assert row is not None
        return int(row[0])


class Phone:
    """A phone on a gateway with cumulative text; every reply is looked at."""

    def __init__(self, web: Web, number: str = "", code: str = CODE) -> None:
        self.web = web
        self.number = number or next_number()
        self.code = code
        self.session_id = ""
        self.text = ""
        self.took_s = 0.0

    def dial(self, text: str = "") -> str:
        self.session_id = f"ATUid_{os.urandom(16).hex()}"
        self.text = text
        return self.post()

    def type(self, *answers: str) -> str:
        shown = ""
        for answer in answers:
            self.text = f"{self.text}*{answer}" if self.text else answer
            shown = self.post()
        return shown

    def body(self, **changed: str) -> bytes:
        return form(
            **{
                "sessionId": self.session_id,
                "phoneNumber": self.number,
                "networkCode": "63510",
                "serviceCode": self.code,
                "text": self.text,
            }
            | changed
        )

    def post(self) -> str:
        """Post the hop as it stands; the screen with its CON or END."""
        answer = self.web.post(self.body(), self.web.hook(code=self.code))
        self.took_s = answer.took_s
        return screen(answer)

    def copies(self, count: int) -> set[str]:
        """Post the hop as it stands many times at once: the screens, without repetition."""
        with ThreadPoolExecutor(count) as pool:
            return set(pool.map(lambda _: self.post(), range(count)))

    def to_confirmation(self, amount: int = 1_000) -> str:
        """Dial, and go on to the confirmation of a payment."""
        self.dial()
        return self.type("1", "1", str(amount))

    def to_pin(self, amount: int = 1_000) -> str:
        self.to_confirmation(amount)
        return self.type("1")


def chunks(body: bytes, chunk_bytes: int = 64) -> bytes:
    """A body in chunks, with its end mark."""
    pieces = [body[at : at + chunk_bytes] for at in range(0, len(body), chunk_bytes)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def head_of(web: Web, *headers: str) -> bytes:
    """The head of a hop, as it goes over the wire."""
    first = f"POST {web.hook()} HTTP/1.1"
    return "\r\n".join((first, "Host: x", f"Content-Type: {FORM}", *headers, "", "")).encode()


def _is_whole(told: bytes) -> bool:
    """Whether this is a whole response, and not one that says to go on."""
    head, end, body = told.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    return bool(end) and length is not None and len(body) >= int(length[1])


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def screen(answer: Answer) -> str:
    """The screen of an answer that a gateway would show; fails on any other."""
    assert answer.status == 200, (answer.status, answer.body[:200])
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.body[:4] in (b"CON ", b"END "), answer.body[:40]
    text = answer.text
    assert text[4:].strip() == text[4:] != ""
    assert gsm7.fits(text[4:], 160), text
    for never in ("Traceback", "Error", "Exception", "psycopg", "redis", "{", "}"):
        assert never not in text
    return text


def polite_end(answer: Answer) -> str:
    text = screen(answer)
    assert text.startswith("END ")
    return text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
