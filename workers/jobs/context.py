"""What the jobs of this process work with. A job's arguments are ids, so the rest is kept here."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from core.db.database import Database
from core.lists.listing import Listing
from core.money.operations import SettledLater
from core.money.purposes import Purpose
from core.security.keyring import Keyring
from core.tenants.directory import Directory
from engine.registry import Registry
from values.messages import Message
from workers.limits import LIMITS, Limits
from workers.pauses import Pauses
from workers.payments.plan import PLAN, Plan
from workers.sending.accounts import Accounts, Installed
from workers.sending.breaker import Breaker
from workers.sending.budgets import Budgets
from workers.sending.file_urls import file_url
from workers.sending.hook_urls import hook_url
from workers.sending.rates import Rates
from workers.wire_log import WireLog

NO_OPERATIONS: Mapping[str, SettledLater] = MappingProxyType({})
NO_FLOWS = Registry()
NO_PURPOSES: Mapping[str, Purpose] = MappingProxyType({})
NO_LISTINGS: Mapping[str, Listing] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Context:
    """One worker's connections, keys and memory."""

    database: Database
    keys: Keyring
    directory: Directory
    messages: Mapping[str, type[Message]]
    flows: Registry
    purposes: Mapping[str, Purpose]
    accounts: Accounts
    breaker: Breaker
    rates: Rates
    pauses: Pauses
    budgets: Budgets
    limits: Limits
    operations: Mapping[str, SettledLater]
    plan: Plan
    listings: Mapping[str, Listing]
    wire: WireLog

    def backoff_s(self, attempts: int) -> float:
        """How long to wait after so many tries: doubled each time, with some chance in it, so that
        what failed together does not come back together."""
        limits = self.limits
        length_s = limits.backoff_first_s * 2.0 ** min(attempts - 1, 30)
        spread = 1 + limits.backoff_jitter * (2 * random.random() - 1)  # noqa: S311
        return min(length_s, limits.backoff_longest_s) * spread

    def close(self) -> None:
        self.directory.stop()
        self.database.close()


_current: list[Context] = []


def make(
    database: Database,
    keys: Keyring,
    messages: Mapping[str, type[Message]],
    *,
    flows: Registry = NO_FLOWS,
    purposes: Mapping[str, Purpose] = NO_PURPOSES,
    operations: Mapping[str, SettledLater] = NO_OPERATIONS,
    plan: Plan = PLAN,
    listings: Mapping[str, Listing] = NO_LISTINGS,
    fakes_url: str = "",
    accounts: Sequence[Installed] = (),
    rates: Rates | None = None,
    budgets: Budgets | None = None,
    wire: WireLog | None = None,
    hooks_url: str = "",
    limits: Limits = LIMITS,
) -> Context:
    """`hooks_url` is where providers reach us, as in `https://piga.example.org`."""
    return Context(
        database=database,
        keys=keys,
        directory=Directory(database),
        messages=messages,
        flows=flows,
        purposes=purposes,
        accounts=Accounts(
            fakes_url,
            accounts,
            hook_url=partial(hook_url, keys, hooks_url) if hooks_url else None,
            file_url=partial(file_url, keys, hooks_url) if hooks_url else None,
        ),
        breaker=Breaker(limits),
        rates=rates or Rates(None),
        pauses=Pauses(database),
        budgets=budgets or Budgets(database),
        limits=limits,
        operations=operations,
        plan=plan,
        listings=listings,
        wire=wire or WireLog(None),
    )


def install(context: Context) -> None:
    """From now on the jobs of this process use it."""
    _current[:] = [context]


def current() -> Context:
    if not _current:
        raise RuntimeError("no context: jobs run in a worker (`piga worker`)")
    return _current[0]
