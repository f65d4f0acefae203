"""Where phones are when something breaks, and what they are told then."""

import time
from collections.abc import Callable

import psycopg

from engine.turn.message import STILL_WORKING
from engine.turn.ussd import Reply
from menus import sentences
from menus.texts import _, say
from tests.support.phone import Phone, phone_of
from tests.support.ussd import UssdTenant
from values.money import Money

NOT_NOW = say(sentences.NOT_NOW, "en")
WORKING = say(STILL_WORKING, "en")
# The turn's 2 s, and what a connection that cannot be had takes to be given up.
DEADLINE_S = 3.5


def in_time(hop: Callable[[], Reply]) -> Reply:
    began = time.monotonic()
    reply = hop()
    assert time.monotonic() - began < DEADLINE_S
    return reply


def at_the_pin(tenant: UssdTenant, who: str = "uwera") -> Phone:
    phone = phone_of(tenant, who)
    phone.dial()
    phone.type("1", "1", "500", "1")
    return phone


def holding(tenant: UssdTenant) -> Phone:
    """An agent's phone, that waits for the customer's code."""
    phone = phone_of(tenant, "bizimana")
    phone.dial("*384*10*9*1*0788000001*12000#")
    phone.type("1", "1964")
    return phone


def wait_for(tenant: UssdTenant, waiters: int) -> None:
    """Until so many turns wait for a lock in Postgres."""
    until = time.monotonic() + 1.9
    with psycopg.connect(tenant.urls.admin_url, autocommit=True) as looking:
        while looking.execute(_WAITERS).fetchone() != (waiters,):
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.01)


_WAITERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def done(tenant: UssdTenant, amount: int, language: str = "en") -> Reply:
    """What a member is told of saving that amount in their first group."""
    told = _(
        "Done: {what}, {amount}. Ref {reference}.",
        what="Kopera Twisungane",
        amount=Money(amount, "RWF"),
        reference=last_reference(tenant),
    )
    return Reply(say(told, language), True)


def sold(tenant: UssdTenant, what: str) -> Reply:
    """What one side of a sale for 12,000 RWF is told of it."""
    told = f"Done: {what}, 11,850 RWF, cash 12,000 RWF. Ref {last_reference(tenant)}."
    return Reply(told, True)


def last_reference(tenant: UssdTenant) -> str:
    # What a sale earns the agent is an entry of its own, after it.
    last = "SELECT reference FROM entry WHERE kind <> 'commission' ORDER BY id DESC LIMIT 1"
    return str(tenant.one(last)[0])


def waiting(language: str = "en") -> str:
    amount = Money(12_000, "RWF")
    waits = _("Still waiting: {amount}. We will text you the outcome.", amount=amount)
    return say(waits, language)
