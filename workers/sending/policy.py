"""The policy of sending, in one place: what is sent when, how much of it, and what becomes of a
message that was not taken. Nothing here asks anybody; what is measured and kept stands beside it.

    priority   code < reply < receipt < bulk (`values.messages.Priority`): the outbox's order
    order      what goes to one person is handed over in the order in which it was written
    bulk only  opt-outs, quiet hours; a budget stops it first
    rates      of a service on its channel, of an account, of a pair of address and service
    people     a day whom nobody wrote to first, of a portfolio: bulk stops at a share of them
    pauses     by the narrowest key that an answer proves: see `verdict`
    takeover   by a second provider, of what provably never left
"""

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from providers.contracts.messages import NotSent, OutcomeUnknown, Refused, Scope, SendError
from values.messages import Priority

WAIT_JITTER: Final = 0.2
MORNING_JITTER_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in so many seconds, and at most `burst` of them at once."""

    messages: float
    seconds: float
    burst: int

    @classmethod
    def a_second(cls, messages: float) -> "Rate":
        return cls(messages, 1.0, max(1, int(messages)))


@dataclass(frozen=True, slots=True)
class ChannelRates:
    """What a channel takes where nobody says otherwise; None: as much as there is."""

    account: Rate | None = None
    pair: Rate | None = None


# Meta takes 80 a second of a number, and of a pair one in 6 s with a burst of 45. What a network
# takes by SMS is agreed for each account: `messages_a_second`.
RATES: Final = {
    "ussd": ChannelRates(),  # the texts of a service that is dialled go by SMS
    "sms": ChannelRates(),
    "whatsapp": ChannelRates(account=Rate.a_second(80), pair=Rate(1, 6.0, 45)),
}


class Level(NamedTuple):
    """One count of messages: what of, and how much it may have."""

    name: str
    rate: Rate


def levels(
    channel: str,
    *,
    account: str,
    account_rate: float,
    service: str,
    service_rate: float,
    pair: str,
) -> list[Level]:
    """On which levels a message counts. Rates are messages a second, 0 where nobody says so; `pair`
    stands for the address, such as its keyed hash."""
    usual = RATES[channel]
    of_account = Rate.a_second(account_rate) if account_rate else usual.account
    of_service = Rate.a_second(service_rate) if service_rate else None
    found = (
        (f"account {account}", of_account),
        (f"service {service}", of_service),
        (f"pair {service} {pair}", usual.pair),
    )
    return [Level(name, rate) for name, rate in found if rate is not None]


def spread_s(wait_s: float) -> float:
    """How long a text is put back that has to wait so long: a little longer by chance, so that what
    waited for the same does not all come at once."""
    return wait_s * (1 + WAIT_JITTER * random.random())  # noqa: S311


def morning_jitter_s() -> float:
    """How long after the end of somebody's quiet hours their text is looked at again."""
    return MORNING_JITTER_S * random.random()  # noqa: S311


# --- what becomes of a message ----------------------------------------------------------------


class Next(Enum):
    """What follows an attempt that did not end in Sent."""

    AGAIN = "again"  # later; nothing is on its way to the handset, and that is certain
    FAIL = "fail"  # never: its end has the error's code for a name
    UNKNOWN = "unknown"  # it may be on its way: only a report says more


class Pauses(Enum):
    """What is left alone for a while: no more than the answer proves."""

    NOTHING = ""
    ACCOUNT = "account"  # the credential, for whatever is asked with it
    OPERATION = "operation"  # what the account was asked to do, such as sending texts
    SENDER = "sender"  # the account under this sender id


@dataclass(frozen=True, slots=True)
class Verdict:
    """`takes_over`: a second provider may have it at once, since not a byte has left."""

    next: Next
    pauses: Pauses
    alarm: bool = False
    takes_over: bool = False


def verdict(error: SendError) -> Verdict:
    """What an answer, or the want of one, means for its message and for those behind it."""
    if isinstance(error, OutcomeUnknown):
        # One that answers nobody shall not make everything unknown.
        silent = error.scope is Scope.ACCOUNT
        return Verdict(Next.UNKNOWN, Pauses.OPERATION if silent else Pauses.NOTHING)
    never_left = error.never_left
    if isinstance(error, NotSent):
        return Verdict(Next.AGAIN, Pauses.OPERATION, error.alarm, never_left)
    if error.alarm:
        narrow = Pauses.SENDER if error.scope is Scope.SENDER else Pauses.ACCOUNT
        return Verdict(Next.AGAIN, narrow, alarm=True, takes_over=never_left)
    if isinstance(error, Refused) and error.retryable:
        slow = error.code == "throttled"
        narrow = Pauses.SENDER if error.scope is Scope.SENDER else Pauses.OPERATION
        return Verdict(Next.AGAIN, narrow if slow else Pauses.NOTHING, takes_over=never_left)
    return Verdict(Next.FAIL, Pauses.NOTHING)


# Ends that are as they should be: nobody needs to look.
EXPECTED_ENDS: Final = frozenset({"too_late", "opted_out", "budget_spent"})


# --- what goes to many at once ------------------------------------------------------------------


def quiet_until(now: datetime, quiet: dict[str, Any] | None, zone: ZoneInfo) -> datetime | None:
    """When a person's quiet hours end, which it is now; None outside them, and without any.
    `quiet` is {"starts": "20:00", "ends": "07:30"}, by the person's clock; `now` has a zone."""
    if not quiet:
        return None
    begins, ends = (time.fromisoformat(quiet[name]) for name in ("starts", "ends"))
    local = now.astimezone(zone)
    clock_time = local.time()
    if begins <= ends:
        if not begins <= clock_time < ends:
            return None
        day = local.date()
    else:  # over midnight
        if ends <= clock_time < begins:
            return None
        day = local.date() + timedelta(days=int(clock_time >= begins))
    return datetime.combine(day, ends, zone)


# --- a tenant's budget of a day -------------------------------------------------------------------

# What goes to many leaves the rest of the budget to receipts and replies.
BULK_SHARE: Final = 0.8


class Spending(Enum):
    """What a budget says to one more message."""

    GO = "go"
    TOMORROW = "tomorrow"  # it waits for the tenant's next day
    LAST_WORD = "last word"  # a reply becomes one that points to USSD, once a day


def within_budget(priority: int, share: float, *, is_reply: bool) -> Spending:
    """Whether a message still goes out, of whose tenant's budget such a share is spent. What goes
    to many stops first, codes never."""
    if priority >= Priority.BULK:
        return Spending.GO if share < BULK_SHARE else Spending.TOMORROW
    if share < 1 or priority == Priority.CODE:
        return Spending.GO
    if is_reply:
        return Spending.LAST_WORD
    return Spending.TOMORROW if priority >= Priority.RECEIPT else Spending.GO


def people_within(priority: int, people_a_day: int) -> int:
    """How many people of a day a message may be the first to, where a portfolio reaches so many
    whom nobody wrote to first: what goes to many leaves the rest to receipts and codes."""
    share = BULK_SHARE if priority >= Priority.BULK else 1
    return max(1, int(people_a_day * share))


def tomorrow_s(now: datetime) -> float:
    """How long it is to the next midnight of the clock that `now` has."""
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return (midnight - now).total_seconds()


def goes_to_many(priority: int) -> bool:
    """Whether quiet hours and opt-outs hold: never for what somebody waits for or must know."""
    return priority >= Priority.BULK
