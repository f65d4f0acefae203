"""Sources of rates by name, and how they are asked: spaced, three times, one after the other."""

import contextlib
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from core.rates.quotes import BadQuote, Pair, Poll
from providers import registry
from providers.contracts.errors import UnknownProvider
from providers.contracts.messages import Account
from providers.contracts.rates import NoSuchPair, Quote, RateError, RateSource
from values import clock
from values.alarms import raise_alarm
from workers.sending.accounts import DEMO_SECRET, Installed

log = logging.getLogger(__name__)

# Where each company's side stands in the fakes' process.
FAKES: Final = {"flutterwave_rates": "/flutterwave", "frankfurter": "/frankfurter"}
TRIES: Final = 3
GAP_S: Final = 0.5
BACKOFF_FIRST_S: Final = 1.0
BACKOFF_JITTER: Final = 0.2
# A source that asks for more patience is left alone until the next run.
WAITS_MAXIMUM_S: Final = 30.0
# So many pairs in a row that a source did not answer: it is away, and not asked in this run.
AWAY_AFTER: Final = 3


class NoSource(Exception):
    """There is no such source, or no account there. The text says which."""


def source_of(
    name: str,
    *,
    fakes_url: str,
    installed: Sequence[Installed],
    read_timeout_s: float | None = None,
) -> RateSource:
    """The source of that name: the fakes' in a demo, else by the installation's account there.
    Raises NoSource."""
    try:
        make = registry.find(name).rates
    except UnknownProvider:
        make = None
    if make is None:
        raise NoSource(f"{name} quotes no rates.")
    account: Account | None = None
    if fakes_url:
        account = Account("demo", DEMO_SECRET, fakes_url + FAKES[name])
    else:
        account = next((one.account for one in installed if one.provider == name), None)
    if account is None:
        raise NoSource(f"There is no account at {name} in the file that PIGA_ACCOUNTS names.")
    return make(replace(account, read_timeout_s=read_timeout_s) if read_timeout_s else account)


def first_of(
    providers: Sequence[str],
    *,
    fakes_url: str,
    installed: Sequence[Installed],
    read_timeout_s: float,
) -> "Asking":
    """Asks the first of a tenant's sources, once: somebody waits. Nobody is asked where there is no
    account there."""
    sources = {}
    for name in providers[:1]:
        with contextlib.suppress(NoSource):
            sources[name] = source_of(
                name, fakes_url=fakes_url, installed=installed, read_timeout_s=read_timeout_s
            )
    return Asking(sources, tries=1)


@dataclass(slots=True)
class Asking:
    """Asks sources in a tenant's order, for one run.

    `before_each` is called before each request and each wait: a lease is renewed there. `sleep` and
    `monotonic` are the clock's.
    """

    sources: Mapping[str, RateSource]
    tries: int = TRIES
    gap_s: float = GAP_S
    before_each: Callable[[], None] = lambda: None
    sleep: Callable[[float], object] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    _asked_at: dict[str, float] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)

    def ask(self, pair: Pair) -> Poll | None:
        """What the first source that quotes the pair says; None where none does now."""
        for name, source in self.sources.items():
            if self._failures.get(name, 0) >= AWAY_AFTER:
                continue
            try:
                quote = self._try(name, source, pair)
                poll = Poll(
                    pair, quote.source_amount, quote.destination_amount, clock.now(), name, quote.at
                )
            except NoSuchPair:
                continue
            except (RateError, BadQuote) as error:
                self._failed(name, pair, error)
                continue
            self._failures[name] = 0
            return poll
        return None

    @property
    def is_over(self) -> bool:
        """Whether no source is left to ask in this run."""
        return all(self._failures.get(name, 0) >= AWAY_AFTER for name in self.sources)

    def _try(self, name: str, source: RateSource, pair: Pair) -> Quote:
        for attempt in range(1, self.tries + 1):
            self._space(name)
            self.before_each()
            try:
                return source.quote(pair.source, pair.destination)
            except RateError as error:
                wait_s = self._wait_s(attempt, error)
                if not error.retryable or attempt == self.tries or wait_s > WAITS_MAXIMUM_S:
                    raise
                log.info("%s, %s: %s; again in %.1f s", name, pair, error.code, wait_s)
            finally:
                self._asked_at[name] = self.monotonic()
            self.before_each()
            self.sleep(wait_s)
        raise AssertionError("the last try answers or raises")

    def _space(self, name: str) -> None:
        last = self._asked_at.get(name)
        if last is not None and (left_s := last + self.gap_s - self.monotonic()) > 0:
            self.sleep(left_s)

    def _wait_s(self, attempt: int, error: RateError) -> float:
        backoff_s = BACKOFF_FIRST_S * 2.0 ** (attempt - 1)
        backoff_s *= 1 + BACKOFF_JITTER * random.random()  # noqa: S311
        return max(backoff_s, error.retry_after_s or 0.0)

    def _failed(self, name: str, pair: Pair, error: Exception) -> None:
        code = error.code if isinstance(error, RateError) else "bad_amounts"
        log.warning("%s gave no rate of %s: %s", name, pair, code)
        if isinstance(error, RateError) and (error.alarm or error.code == "too_many"):
            self._failures[name] = AWAY_AFTER
        elif not isinstance(error, RateError) or error.retryable:
            self._failures[name] = self._failures.get(name, 0) + 1
        if isinstance(error, RateError) and error.alarm:
            raise_alarm(log, "rate_source", name, f"{name} gives no rates: {code}.", fault=error)
