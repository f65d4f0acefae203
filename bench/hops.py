"""Hops over HTTP, the bare server's and Piga's in turns, as many phones at once as wanted."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import servers
from bench.load import Answers, Talk, drive
from bench.plan import CONNECTIONS, MENU_HOPS, Plan
from bench.servers import Web
from bench.talks import Crowd

# Whose processor time is told apart, by the name of the process.
OURS, DATABASE, STORE, PHONES = "web", "Postgres", "Valkey", "phones"
_BY_NAME = {"postgres": DATABASE, "valkey-server": STORE}


@dataclass(slots=True)
class Measured:
    """One kind of hop over all rounds."""

    rates: list[float] = field(default_factory=list)  # hops a second, a round each
    took_s: list[float] = field(default_factory=list)
    cpu_us: dict[str, float] = field(default_factory=dict)  # processor time a hop, by whose

    def add(self, answers: Answers, spent_s: dict[str, float]) -> None:
        hops, before = len(answers.took_s), len(self.took_s)
        self.rates.append(answers.rate)
        self.took_s += answers.took_s
        for whose, each_s in spent_s.items():
            known_us = self.cpu_us.get(whose, 0.0) * before
            self.cpu_us[whose] = (known_us + each_s * 1e6) / (before + hops)


@dataclass(frozen=True, slots=True)
class Hops:
    """Everything that was dialled over HTTP."""

    bare: Measured
    dial: Measured
    menu: Measured
    money: Measured
    hashed: Measured  # the money conversation with its PIN hashed at full cost
    paid: int  # conversations that ended with "Paid", which the ledger must agree with


def measure(crowd: Crowd, hashing: Crowd, bare: Web, piga: Web, plan: Plan) -> Hops:
    """`hashing` are those whose PIN is hashed at its full cost.

    In rounds, each in the opposite order of the one before: all kinds meet the same machine."""
    found = Hops(Measured(), Measured(), Measured(), Measured(), Measured(), 0)
    paid = 0

    def bare_hops() -> None:
        talks = crowd.bare(plan.menu_talks, MENU_HOPS - 1)
        _drive(bare, bare, talks, found.bare)

    def menu_hops() -> None:
        talks = crowd.menu(plan.menu_talks, MENU_HOPS)
        _drive(piga, bare, [talk[:1] for talk in talks], found.dial)
        _drive(piga, bare, [talk[1:] for talk in talks], found.menu)

    def money_hops() -> None:
        nonlocal paid
        _drive(piga, bare, crowd.money(plan.money_talks), found.money)
        _drive(piga, bare, hashing.money(plan.hashed_talks), found.hashed)
        paid += plan.money_talks + plan.hashed_talks

    kinds = [bare_hops, menu_hops, money_hops]
    for web, talks in ((bare, crowd.bare), (piga, crowd.menu)):  # warm: caches, prepared statements
        drive(web.port, talks(8 * CONNECTIONS, MENU_HOPS), CONNECTIONS)
    drive(piga.port, crowd.money(8 * CONNECTIONS), CONNECTIONS)
    paid += 8 * CONNECTIONS
    for number in range(plan.rounds):
        for kind in kinds if number % 2 == 0 else reversed(kinds):
            kind()
    return Hops(found.bare, found.dial, found.menu, found.money, found.hashed, paid)


def _drive(web: Web, other: Web, talks: Sequence[Talk], into: Measured) -> None:
    whose = _processes(web, other)
    before = {name: servers.cpu_s(pids) for name, pids in whose.items()}
    answers = drive(web.port, talks, CONNECTIONS)
    spent = {name: servers.cpu_s(pids) - before[name] for name, pids in whose.items()}
    into.add(answers, spent)


def _processes(web: Web, other: Web) -> dict[str, list[int]]:
    """The processes that work on a hop, by whose they are."""
    ours = servers.children_of(web.process.pid)
    apart = {*ours, *servers.children_of(other.process.pid)}
    found: dict[str, list[int]] = {OURS: ours, STORE: [], DATABASE: [], PHONES: [os.getpid()]}
    for pid in servers.children_of(os.getpid()):
        if pid not in apart:
            whose = _BY_NAME.get(_name(pid))
            if whose is not None:
                found[whose].append(pid)
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
