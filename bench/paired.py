"""This build beside one that stood before, each on servers of its own, in turns."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from app.settings import CHECKOUT

PROBE: Final = Path(__file__).parent / "build_probe.py"
PEOPLE: Final = 2_000
SESSIONS: Final = 200

# What a build told of itself, by name.
Told = dict[str, float]


class Build:
    """One of them, running."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.hear()

    def ask(self, command: str) -> Told:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self.hear()

    def hear(self) -> Told:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # what else it says is of making its database
                told: Told = json.loads(line)
                return told
        raise RuntimeError("a build ended before it answered")


def measure(before: Path, rounds: int, talks: int) -> dict[str, float]:
    """Ratios of this build to the one in the folder `before`, which has its own `.venv`: medians
    of the ratios within a round."""
    with ExitStack() as started:
        old = started.enter_context(_running(before))
        new = started.enter_context(_running(CHECKOUT))
        rates, costs = [], []
        for number in range(rounds):
            told = {}
            for build in (old, new) if number % 2 == 0 else (new, old):
                told[build] = build.ask(f"money {talks}")
            rates.append(told[new]["talks_per_s"] / told[old]["talks_per_s"])
            costs.append(told[new]["web_us"] / told[old]["web_us"])
        kept = [build.ask(f"sessions {SESSIONS}") for build in (new, old)]
        memory = [build.ask("memory") for build in (new, old)]
    return {
        "money": median(rates),
        "money_web_us": median(costs),
        "session_4": kept[0]["bytes_4"] / kept[1]["bytes_4"],
        "session_1": kept[0]["bytes_1"] / kept[1]["bytes_1"],
        "memory": memory[0]["mb"] / memory[1]["mb"],
        "memory_alone": memory[0]["alone_mb"] / memory[1]["alone_mb"],
    }


@contextmanager
def _running(checkout: Path) -> Iterator[Build]:
    own = checkout / ".venv" / "bin" / "python"
    python = str(own) if own.exists() else sys.executable
    process = subprocess.Popen(
        [python, str(PROBE), str(PEOPLE)],
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Build(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()  # it ends what it has started
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
