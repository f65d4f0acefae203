"""The poller: each pair of a tenant asked for once a run, and what comes of it kept.

    begin (a lease) ──► next pair ──► ask ──► judge and keep, in one transaction ──► texts ──► …

Killed at any moment, the next poller goes on with the pairs that are left; of two at once one
waits. A pair that no source answers is the next run's.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from core.db.database import Database, Deadline
from core.live.push import push
from core.rates import alerts, pairs, runs
from core.rates.judging import Verdict
from core.rates.pairs import TOPIC, UnknownPair
from core.rates.quotes import Pair, Poll
from core.rates.reading import Memory
from core.rates.runs import Run
from workers.rates.sources import Asking

log = logging.getLogger(__name__)

STEP_DEADLINE_S = 20.0
# So long a pair that was found stale waits for others that are asked for beside the poller's run.
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Progress:
    """A pair of a run, and what came of it; `verdict` None is that no source answered."""

    number: int
    pair: Pair
    poll: Poll | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Poller:
    """Polls the pairs of one tenant. Once `stopping` answers True, a run is left to the next
    poller."""

    database: Database
    tenant_id: uuid.UUID
    asking: Asking
    memory: Memory | None = None
    show: Callable[[Progress], None] = lambda _progress: None
    stopping: Callable[[], bool] = lambda: False

    def run(self, *, interval_s: float) -> dict[str, int] | None:
        """One run, to its end, and what it came to. None while another poller is at it, before the
        interval is over, where another took the run over, and where it was left to another."""
        with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            run = runs.begin(tx, interval_s=interval_s)
        if run is None:
            return None
        self.asking.before_each = lambda: self._beat(run)
        self.tell()
        number = 0
        while not self.asking.is_over:
            if self.stopping():
                with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
                    runs.leave(tx, run)
                return None
            with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
                pair = runs.next_pair(tx, run)
            if pair is None:
                break
            number += 1
            self._poll(run, pair, number)
        with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            came_to = runs.end(tx, run)
            if came_to is not None:
                push(tx, TOPIC, {"type": "all_rates_update"})
        return came_to

    def _poll(self, run: Run, pair: Pair, number: int) -> None:
        poll = self.asking.ask(pair)
        verdict = None
        if poll is not None:
            verdict = self.keep(poll)
        with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            runs.count(tx, run, verdict)
        self.show(Progress(number, pair, poll, verdict))

    def keep(self, poll: Poll) -> Verdict | None:
        """Judge a poll and keep it; have its alerts told. None where its pair is polled no more."""
        try:
            with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
                decision = pairs.keep(tx, poll)
                served = pairs.served(tx, [poll.pair]) if self.memory is not None else {}
        except UnknownPair:
            return None
        if self.memory is not None:
            self.memory.put(self.tenant_id, served.values())
        if decision.verdict is Verdict.ACCEPTED:
            self.tell()
        return decision.verdict

    def tell(self) -> int:
        """Write the texts of all alerts that have fired."""
        told = 0
        while True:
            with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
                count = alerts.tell(tx)
            told += count
            if not count:
                return told

    def fetch(self, pair: Pair) -> None:
        """Ask for one pair outside a run, and keep what is said; without an answer, or where many
        others ask, the next run asks again."""
        with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            wait_s = runs.take_turn(tx, gap_s=self.asking.gap_s, patience_s=PATIENCE_S)
        if wait_s is None:
            return
        self.asking.sleep(wait_s)
        poll = self.asking.ask(pair)
        if poll is not None:
            self.keep(poll)

    def _beat(self, run: Run) -> None:
        with self.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            runs.beat(tx, run)
            runs.note_asking(tx, gap_s=self.asking.gap_s)
