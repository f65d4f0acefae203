"""Rates: what is served and how old it is, what is held, the poller's runs, margins, the week as a
chart; and the rates of a day or a month as a file. They name nobody.
"""

import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.approvals import requests
from core.db.database import Database, Deadline, Tx
from core.rates import chart, listing, margins, pairs, report, runs
from core.rates.listing import Listed
from core.rates.quotes import Pair, is_currency
from core.security.keyring import Keyring
from core.staff import work
from core.staff.errors import StaffError
from core.staff.roles import Permission
from core.staff.work import Item, Work
from values import clock
from values.said import said

if TYPE_CHECKING:
    from app.console.application import Console

KIND: Final = "held_rate"
RUNS_SHOWN: Final = 10
CHART_WIDTH, CHART_HEIGHT = 700, 200
PART_DEADLINE_S: Final = 10.0

LOOK = Permission(
    "rates.look",
    "see rates, and load them as a file",
    ("company_admin", "operator", "treasurer", "auditor", "government"),
)
DECIDE = Permission(
    "rates.decide",
    "serve a rate that is held, or drop it",
    ("company_admin", "operator", "treasurer"),
    changes=True,
)
MARGIN = Permission(
    "rates.margin", "ask for a margin on a rate", ("company_admin", "treasurer"), changes=True
)


class NothingHeld(StaffError):
    """Nothing of it is held any more: a fetch or somebody else was faster."""


class NoSuchPeriod(StaffError):
    """Ask for a day such as 2026-11-30, or for a month such as 2026-11."""


def listed(visit: Visit) -> Response:
    now = clock.now(visit.business.zone)
    return visit.show(
        "rates/list.html",
        # What waits for somebody stands first.
        found=sorted(listing.listed(visit.tx), key=lambda one: (one.held is None, one.pair)),
        now=now,
        runs=runs.last(visit.tx, RUNS_SHOWN),
        margins=margins.listed(visit.tx),
        waiting=margins.waiting(visit.tx),
        today=f"{now:%Y-%m-%d}",
        month=f"{now:%Y-%m}",
    )


def one(visit: Visit, pair: str) -> Response:
    found = _listed(visit, pair)
    now = clock.now(visit.business.zone)
    return visit.show(
        "rates/one.html",
        found=found,
        now=now,
        chart=chart.of_week(visit.tx, found.pair, now, width=CHART_WIDTH, height=CHART_HEIGHT),
        margins=margins.listed(visit.tx, found.pair),
        waiting=margins.waiting(visit.tx, found.pair),
        may_decide=visit.may(DECIDE),
        may_ask=visit.may(MARGIN),
        today=f"{now:%Y-%m-%d}",
    )


def release(visit: Visit, pair: str) -> Response:
    wanted = _free(visit, pair)
    reason, actor = visit.reason(), visit.member.actor
    poll = pairs.release(visit.tx, wanted, actor=actor, reason=reason)
    if poll is None:
        raise NothingHeld
    answer = visit.go(
        f"rates/{wanted}", said("{pair} is {rate} now.", pair=wanted, rate=f"{poll.rate:f}")
    )
    # Once it is committed: the API would answer the rate before until the next poll.
    answer.call_on_close(partial(_remember, visit.console, visit.member.tenant_id, wanted))
    return answer


def refuse(visit: Visit, pair: str) -> Response:
    wanted = _free(visit, pair)
    reason, actor = visit.reason(), visit.member.actor
    if pairs.refuse(visit.tx, wanted, actor=actor, reason=reason) is None:
        raise NothingHeld
    return visit.go(f"rates/{wanted}", "It is dropped. The rate before is served on.")


def ask_margin(visit: Visit, pair: str) -> Response:
    wanted = _listed(visit, pair).pair
    asked = requests.ask(
        visit.tx,
        visit.keys,
        margins.PUBLISH,
        by=visit.member.officer,
        params=margins.params_of(wanted, visit.form),
        reason=visit.reason(),
    )
    return visit.go(f"approvals/{asked.request.id}", "It is asked for: somebody else decides.")


def file(visit: Visit) -> Response:
    """Read in parts behind this visit's own transaction."""
    try:
        period = report.period_of(visit.args.get("period", ""), visit.business.zone)
    except report.BadPeriod:
        raise NoSuchPeriod from None
    database: Database = visit.console.database
    tenant_id = visit.member.tenant_id

    def transaction() -> AbstractContextManager[Tx]:
        return database.transaction(tenant_id, Deadline(PART_DEADLINE_S))

    name = f"rates-{visit.business.slug}-{period.name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    lines = report.lines(transaction, period)
    return Response(lines, headers=headers, content_type="text/csv; charset=utf-8")


def _pair(said: str) -> Pair:
    source, dash, destination = said.partition("-")
    if not dash or not is_currency(source) or not is_currency(destination):
        raise NotFound
    return Pair(source, destination)


def _listed(visit: Visit, said: str) -> Listed:
    found = listing.find(visit.tx, _pair(said))
    if found is None:
        raise NotFound
    return found


def _free(visit: Visit, said: str) -> Pair:
    """The pair, where nobody else has what is held of it in hand."""
    pair = _listed(visit, said).pair
    work.require_free(visit.tx, KIND, _held_id(pair), by=visit.member)
    return pair


def _held_id(pair: Pair) -> uuid.UUID:
    """What is held of a pair has no row of its own: its id is the pair's name."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"held-rate:{pair}")


def _remember(console: "Console", tenant_id: uuid.UUID, pair: Pair) -> None:
    from app.operations.rates import remember
    from app.operations.servers import Core

    remember(Core(console.settings, console.database, console.keys), tenant_id, pair)


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for one in listing.held(tx):
        assert one.held is not None
        what = said(
            "{pair}: {change} is held ({reason})",
            pair=one.pair,
            change=f"{one.held.change:+.2%}",
            reason=one.held.reason,
        )
        yield Item(KIND, _held_id(one.pair), what, one.held.at, f"rates/{one.pair}")


PAGE = Page(
    name="rates",
    title="Rates",
    folder=Path(__file__).parent,
    order=52,
    routes=(
        Route("", listed, LOOK),
        Route("/file", file, LOOK),
        Route("/<pair>", one, LOOK),
        Route("/<pair>/release", release, DECIDE, method="POST"),
        Route("/<pair>/refuse", refuse, DECIDE, method="POST"),
        Route("/<pair>/margin", ask_margin, MARGIN, method="POST"),
    ),
    work=(Work(KIND, "A rate is held", DECIDE, _waiting),),
)
