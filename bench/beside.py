"""Piga, a menu builder on Node and a bare Flask hop under wrk, in turns: what is said beside each
other, and what it cost.

wrk is a load generator in C: it leaves the processors to what is measured. Where it is not
installed nothing of this is measured, and where Node or its packages cannot be had, Node is not.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlsplit

import psutil

from app.web.serve import free_port
from bench import bare, servers
from bench.servers import Web, webs
from bench.world import Builder, Caller, World

PEERS = Path(__file__).parent / "peers"
LINES = 8
WARM_PHONES = 300
PACKAGES_WITHIN_S = 120
NODE_READY_WITHIN_S = 20.0
RESULT = re.compile(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) ?(.*)")
SESSION = ("", "8", "8*0", "8*0*8")
# A turn that fails ends with words of its own. What a phone reads that dials again after a session
# that went on is another screen each time.
OURS = ("CON ",) * 4
NODE_SESSION = ("", "1", "1*500", "1*500*1")
NODE_SCREENS = ("CON Welcome", "CON How much?", "CON Confirm 500?", "END Paid 500")

NODE, NODE_TWO = "menu builder on Node", "the same, two processes"
BARE, PIGA, THREADS = "bare Flask hop", "Piga", "Piga, by threads"
COLD, WARM = "first dial, cold phone", "first dial, warm phone"


class WrongScreens(Exception):
    """Somebody answered something else than this hop's screen: the figures would be of that."""


@dataclass(slots=True)
class Beside:
    """What one of them did, a figure for each round."""

    rates: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    web_us: list[float] = field(default_factory=list)  # processor time of a hop
    store_us: list[float] = field(default_factory=list)
    resident_mb: float = 0.0  # of its largest process

    def medians(self) -> dict[str, float]:
        return {
            "hops_per_s": median(self.rates),
            "p50_ms": median(self.p50_ms),
            "p99_ms": median(self.p99_ms),
            "web_us": median(self.web_us),
            "store_us": median(self.store_us),
            "resident_mb": self.resident_mb,
        }


Found = dict[str, Beside]


@dataclass(frozen=True, slots=True)
class Kind:
    """What wrk is to say to one server, and what to hear."""

    port: int
    pid: int
    path: str
    code: str
    texts: Sequence[str]
    screens: Sequence[str]
    phones: Callable[[], Sequence[str]]


def measure(builder: Builder, world: World, rounds: int, for_s: int) -> Found:
    """All of them, `rounds` times in turns, `for_s` seconds each; empty where wrk is missing."""
    if shutil.which("wrk") is None or not rounds:
        return {}
    with ExitStack() as started:
        web = ("app.cli", "web")
        orders = (
            (builder.bare, ("bench.bare",)),
            (world.settings, web),
            (replace(world.settings, web_loop=False), web),
        )
        bare_web, piga, threads = started.enter_context(webs(*orders))
        nodes = {
            name: node
            for name, count in ((NODE, 1), (NODE_TWO, 2))
            if (node := started.enter_context(_node(world, count))) is not None
        }
        kinds = _kinds(world, bare_web, piga, threads, nodes)
        found = {name: Beside() for name in kinds}
        for kind in kinds.values():
            _hold(kind, 1)
        for number in range(rounds):
            for name in kinds if number % 2 == 0 else reversed(kinds):
                _add(found[name], kinds[name], for_s)
        return found


def _kinds(
    world: World, bare_web: Web, piga: Web, threads: Web, nodes: Mapping[str, tuple[int, int]]
) -> dict[str, Kind]:
    business = world.callers[0].business
    own = [caller for caller in world.callers if caller.business is business]
    warm, cold = own[:WARM_PHONES], _cold(own[WARM_PHONES:])
    same = [quote(caller.msisdn, safe="") for caller in warm]
    bare_pid, pid, path, code = bare_web.process.pid, piga.process.pid, business.path, business.code
    kinds = {
        PIGA: Kind(piga.port, pid, path, code, SESSION, OURS, lambda: same),
        THREADS: Kind(threads.port, threads.process.pid, path, code, SESSION, OURS, lambda: same),
        BARE: Kind(bare_web.port, bare_pid, bare.PATH, code, SESSION, ("CON ",) * 4, lambda: same),
        COLD: Kind(piga.port, pid, path, code, ("",), ("CON ",), cold),
        WARM: Kind(piga.port, pid, path, code, ("",), ("CON ",), lambda: same),
    }
    for name, (port, pid) in nodes.items():
        kinds[name] = Kind(port, pid, "/ussd", code, NODE_SESSION, NODE_SCREENS, lambda: same)
    return kinds


def _cold(callers: Sequence[Caller]) -> Callable[[], Sequence[str]]:
    """Phones that have not been dialled from, a share of them for each round."""
    numbers = [quote(caller.msisdn, safe="") for caller in callers]
    share = max(1, min(len(numbers), 6_000))
    at = 0

    def next_share() -> Sequence[str]:
        nonlocal at
        taken = [numbers[(at + index) % len(numbers)] for index in range(share)]
        at += share
        return taken

    return next_share


@contextmanager
def _node(world: World, processes: int) -> Iterator[tuple[int, int] | None]:
    """The menu builder's port and first process; None where Node or its packages cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    folder = world.settings.home / "peers"
    if node is None or npm is None:
        yield None
        return
    shutil.copytree(PEERS, folder, dirs_exist_ok=True)
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        subprocess.run(
            install, cwd=folder, check=True, capture_output=True, timeout=PACKAGES_WITHIN_S
        )
    except (OSError, subprocess.SubprocessError):
        yield None
        return
    port = free_port()
    store = urlsplit(world.settings.redis_url)
    process = subprocess.Popen(
        [node, "menu.js", str(port), store.path, "0", str(processes)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + NODE_READY_WITHIN_S
        while not _listens(process.pid) and time.monotonic() < until:
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _listens(pid: int) -> bool:
    return any(line.status == psutil.CONN_LISTEN for line in psutil.Process(pid).net_connections())


def _add(into: Beside, kind: Kind, for_s: int) -> None:
    processes = servers.children_of(kind.pid)
    stores = [pid for pid in servers.children_of(os.getpid()) if _name(pid) == "valkey-server"]
    web_s, store_s = servers.cpu_s(processes), servers.cpu_s(stores)
    hops, took_us, p50_us, p99_us = _hold(kind, for_s)
    into.web_us.append((servers.cpu_s(processes) - web_s) * 1e6 / hops)
    into.store_us.append((servers.cpu_s(stores) - store_s) * 1e6 / hops)
    into.rates.append(hops / (took_us / 1e6))
    into.p50_ms.append(p50_us / 1_000)
    into.p99_ms.append(p99_us / 1_000)
    into.resident_mb = max(psutil.Process(pid).memory_info().rss for pid in processes) / 1e6


def _hold(kind: Kind, for_s: int) -> tuple[int, int, int, int]:
    """Hops, what they took together, and P50 and P99, in microseconds. Raises WrongScreens."""
    environment = os.environ | {
        "HOP_PATH": kind.path,
        "HOP_CODE": quote(kind.code, safe=""),
        "HOP_TEXTS": "|".join(kind.texts),
        "HOP_SCREENS": "|".join(kind.screens),
        "HOP_PHONES": ",".join(kind.phones()),
    }
    told = subprocess.run(
        ["wrk", f"-t{LINES}", f"-c{LINES}", f"-d{for_s}s", "-s", str(PEERS / "hops.lua"),
         f"http://127.0.0.1:{kind.port}"],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = RESULT.search(told)
    if found is None:
        raise WrongScreens(told[-300:])
    hops, took_us, p50_us, p99_us, wrong = (int(part) for part in found.groups()[:5])
    # A hop that is under way when the time is over has no answer.
    if wrong > max(3, hops // 50):
        raise WrongScreens(f"{wrong} of {hops} at {kind.path[:12]}: {found[6]!r}")
    return hops, took_us, p50_us, p99_us


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


# What is compared with what, and what is aimed at: at least, and at best.
AIMS: Sequence[tuple[str, str, str, str, float, float]] = (
    ("four-hop session / menu builder on Node", "hops_per_s", PIGA, NODE, 0.95, 1.2),
    ("four-hop session / Node, two processes", "hops_per_s", PIGA, NODE_TWO, 0.0, 0.0),
    ("four-hop session / bare hop", "hops_per_s", PIGA, BARE, 1.0, 1.2),
    ("first dial, cold phone / bare hop", "hops_per_s", COLD, BARE, 0.65, 0.9),
    ("first dial, warm phone / bare hop", "hops_per_s", WARM, BARE, 0.65, 0.9),
    ("four-hop session / by threads (WEB_LOOP=0)", "hops_per_s", PIGA, THREADS, 1.0, 1.4),
    ("P99 of the session / bare hop's", "p99_ms", PIGA, BARE, 1.5, 1.2),
    ("web's processor time of a hop / bare hop's", "web_us", PIGA, BARE, 1.0, 0.8),
    ("Redis's processor time of a hop / bare hop's", "store_us", PIGA, BARE, 1.8, 1.2),
)


# Of them, those that speed is held to (`bench/aims.py`).
KEYS: Mapping[str, str] = {
    "node": AIMS[0][0],
    "node_two": AIMS[1][0],
    "bare": AIMS[2][0],
    "cold": AIMS[3][0],
    "warm": AIMS[4][0],
    "p99": AIMS[6][0],
    "store": AIMS[8][0],
}


def ratios(found: Found) -> dict[str, float]:
    """Each that could be measured: the median of the ratios within a round."""
    compared = {}
    for what, figure, ours, other, *_ in AIMS:
        if ours in found and other in found:
            lists = (_figures(found[ours], figure), _figures(found[other], figure))
            compared[what] = median(one / two for one, two in zip(*lists, strict=True))
    return compared


def _figures(one: Beside, figure: str) -> list[float]:
    return {
        "hops_per_s": one.rates,
        "p99_ms": one.p99_ms,
        "web_us": one.web_us,
        "store_us": one.store_us,
    }[figure]


def report(found: Found) -> Iterator[str]:
    """The table, in lines."""
    yield f"Beside others, under wrk, {LINES} connections, sessions of four hops (medians)"
    yield ""
    if not found:
        yield "not measured: wrk is not installed, or nothing of it was asked for"
        return
    yield f"{'':28}{'hops':>10}{'P50 ms':>9}{'P99 ms':>9}{'web µs':>9}{'Valkey µs':>11}{'MB':>6}"
    for name, one in found.items():
        told = one.medians()
        yield (
            f"{name:28}{told['hops_per_s']:>8,.0f}/s{told['p50_ms']:>9.1f}{told['p99_ms']:>9.1f}"
            f"{told['web_us']:>9.0f}{told['store_us']:>11.0f}{told['resident_mb']:>6.0f}"
        )
    yield ""
    compared = ratios(found)
    for what, _, _, _, least, aim in AIMS:
        if what not in compared:
            yield f"{what:48}not measured"
            continue
        ratio, falls = compared[what], aim < least
        if not least:
            yield f"{what:48}{ratio:5.2f}"
            continue
        reached = ratio <= least if falls else ratio >= least
        word = "at most" if falls else "at least"
        told_reached = "reached" if reached else f"missed by {abs(least - ratio):.2f}"
        yield f"{what:48}{ratio:5.2f}  {word} {least}, aim {aim}: {told_reached}"
