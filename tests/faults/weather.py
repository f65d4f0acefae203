"""What goes wrong at the companies meanwhile: lost requests and answers, refusals, slow answers,
and statuses that come late, twice or the last one first."""

import collections
import contextlib
import random
import threading
from typing import Any

from tests.faults.handsets import Companies

LOOKED_AT_EVERY_S = 0.25
# One request goes wrong after so many on its channel: what nobody asks for must not pile up.
REQUESTS_BETWEEN = (4, 24)
# For one request each, with how often each is drawn.
SMS_FAULTS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("delay", 4, {"mode": "delay", "delay_s": 0.6}),
    ("lost before", 4, {"mode": "drop_before"}),
    ("lost after", 4, {"mode": "drop_after"}),
    ("429", 3, {"mode": "http", "status": 429}),
    ("500", 2, {"mode": "http", "status": 500}),
    ("502, taken", 2, {"mode": "http", "status": 502, "takes": True}),
    ("500 of one text", 2, {"mode": "code", "status": 500}),
    ("no id", 2, {"mode": "no_id"}),
    ("xml", 1, {"mode": "xml"}),
    ("charset", 1, {"mode": "charset"}),
)
WHATSAPP_FAULTS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("delay", 4, {"mode": "delay", "delay_s": 0.6}),
    ("lost before", 4, {"mode": "drop_before"}),
    ("lost after", 4, {"mode": "drop_after"}),
    ("429", 2, {"mode": "page", "status": 429}),
    ("429", 1, {"mode": "error", "code": 130429}),
    ("500", 2, {"mode": "page", "status": 500}),
    ("502, taken", 2, {"mode": "page", "status": 502, "takes": True}),
    ("error of Meta's", 2, {"mode": "error", "code": 131000}),
    ("handset unreachable", 1, {"mode": "error", "code": 131026}),
)
# Then an account is left alone for five minutes: so once each, and early.
NO_MONEY = {
    "sms": {"modes": [{"mode": "http", "status": 402}]},
    "whatsapp": {"faults": [{"mode": "page", "status": 402}]},
}
REPORTS = ("on", "twice", "reorder")


class Weather:
    """Scripts faults until it is told to stop; then all is well, and what is owed is brought."""

    def __init__(self, companies: Companies, seed: int, *, money_runs_out: bool) -> None:
        self._companies = companies
        self._random = random.Random(seed)
        self._money_runs_out = money_runs_out
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.scripted: collections.Counter[str] = collections.Counter()

    def __enter__(self) -> "Weather":
        # Whoever is not answered tries again soon: hours of the world are seconds here.
        self._companies.script(
            sms={"retry_every_s": 1.0}, whatsapp={"retry_every_s": 0.2, "batch_s": 0.05}
        )
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        due = {"sms": 0, "whatsapp": 0}
        if self._money_runs_out and not self._stop.wait(20):
            self._script("402", **NO_MONEY)
        while not self._stop.wait(LOOKED_AT_EVERY_S):
            with contextlib.suppress(OSError):
                log = self._companies.log()
                for channel, next_at in due.items():
                    if log[channel]["requests"] >= next_at:
                        self._draw(channel)
                        between = self._random.randint(*REQUESTS_BETWEEN)
                        due[channel] = log[channel]["requests"] + between

    def _draw(self, channel: str) -> None:
        faults, place = {"sms": (SMS_FAULTS, "modes"), "whatsapp": (WHATSAPP_FAULTS, "faults")}[
            channel
        ]
        [(name, _, fault)] = self._random.choices(faults, [often for _, often, _ in faults])
        reports = "dlr" if channel == "sms" else "statuses"
        delay = "dlr_delay_s" if channel == "sms" else "status_delay_s"
        self._script(
            name,
            **{
                channel: {
                    place: [fault],
                    reports: self._random.choice(REPORTS),
                    delay: self._random.choice((0.0, 0.2, 2.0)),
                }
            },
        )

    def _script(self, name: str, **wanted: Any) -> None:
        with contextlib.suppress(OSError):
            self._companies.script(**wanted)
            self.scripted[name] += 1
