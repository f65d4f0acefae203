"""What a hostile or careless world does to one Piga, in turn, while people pay.

A host with a wrong clock serves beside the right one, bodies of webhooks stop half-way or never
end, and a copied tenant folder is applied. After each, people pay again; at the end the records are
compared.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.local.embedded import ensure
from app.local.ports import free_port, listens
from app.settings import CHECKOUT, Settings
from core.db.database import Database
from core.security.keyring import Keyring
from tests.faults import run
from tests.faults.caller import Caller, Deal
from tests.faults.traffic import Traffic, compare, posted, wait
from tests.support.population import PIN, populate

CALLERS = 4
BACK_WITHIN_S = 90.0
LISTENS_WITHIN_S = 30.0
ALIVE_WITHIN_S = 2.0

SHIFTED = Path(__file__).with_name("shifted")
# Two hours, an hour back, and 150 days: a report's worth of months ahead.
HOSTS_AHEAD_S = (7_200, -3_600, 150 * 86_400)
AT_WRONG_HOST_FROM = 90_001  # RWF; nobody else pays so much
REFUSED = "Nothing was taken."

UNMARKED = "does not carry the mark of ibimina"

HALF_BODIES = 80
ENDLESS = 4
ENDLESS_BYTES = 300_000_000


@dataclass
class Outcome:
    """What the run came to; `faults` is empty when all is as it must be."""

    paid_after: dict[str, int] = field(default_factory=dict)  # by mode, once it was over
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class House:
    """A Piga that runs, with people who pay."""

    settings: Settings
    servers: Settings
    hook: str
    tenant_id: object
    spare_number: str  # of a member who does not pay by themselves


def wrong_clock(house: House) -> list[str]:
    """Hosts whose clocks are wrong serve the same database: no money moves there."""
    faults = []
    for index, ahead_s in enumerate(HOSTS_AHEAD_S):
        amount = AT_WRONG_HOST_FROM + index
        with _host(house, ahead_s) as port:
            path = urllib.parse.urlsplit(house.hook).path
            shown: list[str] = []

            def see(screen: str, shown: list[str] = shown) -> bool:
                shown.append(screen)
                return False

            deal = Deal(house.spare_number, amount)
            Caller(f"http://127.0.0.1:{port}{path}", PIN, index).dial_once(deal, see)
            if not any(REFUSED in screen for screen in shown):
                faults.append(f"a host {ahead_s} s ahead did not refuse: {shown[-1:]}")
        if any(found == amount for found, _ in posted(house.servers, house.tenant_id)):
            faults.append(f"a host {ahead_s} s ahead moved money")
    return faults


@contextlib.contextmanager
def _host(house: House, ahead_s: float) -> Iterator[int]:
    """A web process on a host whose clock is so far ahead: its port."""
    port = free_port()
    env = house.servers.variables() | {
        "PORT": str(port),
        "PIGA_DEMO": "0",
        "PYTHONPATH": str(SHIFTED),
        "HOST_CLOCK_AHEAD_S": str(ahead_s),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "web"],
        cwd=CHECKOUT,
        env=os.environ | env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert wait(lambda: listens(f"http://127.0.0.1:{port}"), LISTENS_WITHIN_S)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def stalled_bodies(house: House) -> list[str]:
    """More half bodies than there are threads, with and without a length, for two services, and
    endless ones: the process says that it is alive, and its own callers pay again."""
    faults = []
    other = run.hook_of(house.settings, "fuel")
    with contextlib.ExitStack() as open_lines:
        for index in range(HALF_BODIES):
            how, part = (
                ("Content-Length: 500", b"sessionId=")
                if index % 4 < 2
                else ("Transfer-Encoding: chunked", b"a\r\nsessionId=\r\n")
            )
            line = open_lines.enter_context(_line((house.hook, other)[index % 2], how))
            line.sendall(part)
        for _ in range(ENDLESS):
            with _line(house.hook, "Transfer-Encoding: chunked") as line:
                if _send_all(line):
                    faults.append(f"a body of {ENDLESS_BYTES} bytes was taken")
        started = time.monotonic()
        health = house.settings.url + "/healthz"
        with urllib.request.urlopen(health, timeout=10) as answer:
            if answer.status != 200 or time.monotonic() - started > ALIVE_WITHIN_S:
                faults.append("half bodies kept /healthz waiting")
        if not wait(lambda: _dials(house), BACK_WITHIN_S):
            faults.append("half bodies were not hung up on")
    return faults


def _line(hook: str, how: str) -> socket.socket:
    """A connection on which the head of a callback was sent."""
    parts = urllib.parse.urlsplit(hook)
    line = socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=60)
    line.sendall(f"POST {parts.path} HTTP/1.1\r\nHost: x\r\n{how}\r\n\r\n".encode())
    return line


def _send_all(line: socket.socket) -> bool:
    """Whether an endless body was taken to its end."""
    chunk = b"%x\r\n%s\r\n" % (100_000, b"9" * 100_000)
    try:
        for _ in range(ENDLESS_BYTES // 100_000):
            line.sendall(chunk)
    except OSError:
        return False
    return True


def _dials(house: House) -> bool:
    """Whether a person who dials is asked something."""
    asked: list[bool] = []

    def see(screen: str) -> bool:
        asked.append(screen.startswith("CON "))
        return True

    Caller(house.hook, PIN, 1).dial_once(Deal(house.spare_number, 0), see)
    return any(asked)


def copied_folder(house: House) -> list[str]:
    """A copy of this tenant's own folder with another code and no fees, and a neighbour's folder
    that has been given its slug."""
    faults = []
    before = _configuration(house)
    tenants = CHECKOUT / "fixtures" / "tenants"
    with tempfile.TemporaryDirectory(prefix="piga-copied-") as top:
        own = Path(shutil.copytree(tenants / "ibimina", Path(top) / "own"))
        _replace(own / "services.yaml", "*384*10#", "*384*77#")
        _replace(own / "tariffs.yaml", "{fee: 100}", "{fee: 0}")
        neighbours = Path(shutil.copytree(tenants / "fuel", Path(top) / "neighbours"))
        _replace(neighbours / "tenant.yaml", "slug: fuel", "slug: ibimina")
        told = _apply(house, own)
        if told.returncode == 0 or UNMARKED not in told.stderr:
            faults.append(f"a copy was not refused for its mark: {told.stdout} {told.stderr}")
        told = _apply(house, neighbours)
        if told.returncode == 0:
            faults.append(f"a neighbour's folder was applied: {told.stdout}")
    if _configuration(house) != before:
        faults.append("a copied folder has changed the tenant")
    return faults


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def _apply(house: House, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "tenant", "apply", "--yes", str(folder)],
        env={**os.environ, **house.settings.variables()},
        capture_output=True,
        text=True,
        check=False,
    )


def _configuration(house: House) -> object:
    """What a folder says of the tenant, as far as an apply changes it."""
    database = Database(house.servers.database_url)
    try:
        with database.transaction(str(house.tenant_id)) as tx:
            return tx.one(
                "SELECT (SELECT version FROM tenant WHERE id = current_tenant()),"
                " (SELECT string_agg(code, ' ' ORDER BY code) FROM service"
                "  WHERE tenant_id = current_tenant()),"
                " (SELECT count(*) FROM subscriber WHERE tenant_id = current_tenant()),"
                " (SELECT count(*) FROM entry WHERE tenant_id = current_tenant()"
                "  AND kind = 'opening')"
            )
    finally:
        database.close()


MODES: dict[str, Callable[[House], list[str]]] = {
    "wrong clock": wrong_clock,
    "stalled bodies": stalled_bodies,
    "copied folder": copied_folder,
}


def run_hostile() -> Outcome:
    """Pay through all of them, and compare the records."""
    outcome = Outcome()
    with (
        tempfile.TemporaryDirectory(prefix="piga-hostile-") as folder,
        run.running(Path(folder) / "home") as (_, settings),
        ensure(settings) as servers,
    ):
        database = Database(servers.database_url)
        keys = Keyring(servers.key_bytes)
        people = populate(database, keys, "ibimina", members=CALLERS + 1)
        database.close()
        hook = run.hook_of(settings)
        house = House(settings, servers, hook, people.tenant_id, people.members[-1])
        with Traffic(hook, people.members[:-1]) as traffic:
            if not traffic.goes_on(BACK_WITHIN_S):
                outcome.faults.append("nobody could pay before anything went wrong")
            for name, mode in MODES.items():
                outcome.faults += mode(house)
                had = traffic.paid
                if not traffic.goes_on(BACK_WITHIN_S):
                    outcome.faults.append(f"nobody could pay after: {name}")
                outcome.paid_after[name] = traffic.paid - had
        outcome.faults += compare(servers, traffic.deals, people.tenant_id)
        outcome.faults += run.verify_ledger(settings)
    return outcome
