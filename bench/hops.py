"""Hops over HTTP, the bare server's and Piga's in turns, as many phones at once as wanted."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import servers
from bench.load import Answers, Talk, drive, no_pauses
from bench.plan import MENU_HOPS, Plan
from bench.servers import Web
from bench.talks import Crowd

# Whose processor time is told apart, by the name of the process.
OURS, DATABASE, STORE, PHONES = "web", "Postgres", "Valkey", "phones"
_BY_NAME = {"postgres": DATABASE, "valkey-server": STORE}
WARM_TALKS = 8  # a phone


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


@dataclass(slots=True)
class Hops:
    """Everything that was dialled over HTTP."""

    bare: Measured = field(default_factory=Measured)
    dial: Measured = field(default_factory=Measured)
    menu: Measured = field(default_factory=Measured)
    money: Measured = field(default_factory=Measured)
    hashed: Measured = field(default_factory=Measured)  # money, its PIN hashed at full cost
    # Money conversations that ended with "Saved", which the ledger must agree with; and otherwise.
    paid: int = 0
    given_up: int = 0


def measure(found: Hops, crowd: Crowd, hashing: Crowd, bare: Web, piga: Web, plan: Plan) -> None:
    """Add what is measured on these two servers to what was `found` on others. `hashing` are those
    whose PIN is hashed at its full cost.

    In rounds, each in the opposite order of the one before: all kinds meet the same machine."""

    def hold(web: Web, talks: Sequence[Talk], into: Measured) -> None:
        with no_pauses():
            answers = _hold(web, bare if web is piga else piga, talks, plan.phones, into)
        if into is found.money or into is found.hashed:
            count(answers)

    def count(answers: Answers) -> None:
        found.paid += answers.held
        found.given_up += answers.given_up

    def bare_hops() -> None:
        hold(bare, crowd.bare(plan.menu_talks, MENU_HOPS - 1), found.bare)

    def menu_hops() -> None:
        talks = crowd.menu(plan.menu_talks, MENU_HOPS)
        hold(piga, [talk[:1] for talk in talks], found.dial)
        hold(piga, [talk[1:] for talk in talks], found.menu)

    def money_hops() -> None:
        hold(piga, crowd.money(plan.money_talks), found.money)
        hold(piga, hashing.money(plan.hashed_talks), found.hashed)

    # Warm: caches, connections, prepared statements.
    warm = WARM_TALKS * plan.phones
    drive(bare.port, crowd.bare(warm, MENU_HOPS), plan.phones)
    drive(piga.port, crowd.menu(warm, MENU_HOPS), plan.phones)
    count(drive(piga.port, crowd.money(warm), plan.phones))
    kinds = [bare_hops, menu_hops, money_hops]
    for number in range(plan.rounds):
        for kind in kinds if number % 2 == 0 else reversed(kinds):
            kind()


def _hold(web: Web, other: Web, talks: Sequence[Talk], phones: int, into: Measured) -> Answers:
    whose = _processes(web, other)
    before = {name: servers.cpu_s(pids) for name, pids in whose.items()}
    answers = drive(web.port, talks, phones)
    spent = {name: servers.cpu_s(pids) - before[name] for name, pids in whose.items()}
    into.add(answers, spent)
    return answers


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
