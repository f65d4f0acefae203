"""Margins: what a tenant takes off a rate, in percent; by pair, amount and day.

A margin is published by two officers: one asks for it, another approves. Those of the tenant's
folder are there from the start, and one that was published stands in the place of the folder's.

For an amount the margin of the highest `from_amount` that it reaches holds, as it was last said by
that day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, ClassVar, Final

from core.approvals import requests
from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.rates.quotes import PLACES, Pair
from core.security.keyring import Keyring
from core.tenants import business
from values import clock

PERCENT_MAXIMUM: Final = 50
FROM_AMOUNT_MAXIMUM: Final = 10**12


class BadMargin(ApprovalError):
    """That is no margin. The text says why."""


@dataclass(frozen=True, slots=True)
class Margin:
    """`percent` is taken off from `valid_from` on, for amounts of the source currency from
    `from_amount` on."""

    pair: Pair
    valid_from: date
    from_amount: Decimal
    percent: Decimal
    is_published: bool = False


def listed(tx: Tx, pair: Pair | None = None) -> list[Margin]:
    """All margins, or those of a pair: by pair and amount, the newest first."""
    rows = tx.all(
        "SELECT source, destination, valid_from, from_amount, percent, request_id IS NOT NULL"
        " FROM rate_margin WHERE tenant_id = current_tenant()"
        " AND (%(source)s::text IS NULL OR (source = %(source)s AND destination = %(destination)s))"
        " ORDER BY source, destination, from_amount, valid_from DESC",
        {
            "source": pair.source if pair else None,
            "destination": pair.destination if pair else None,
        },
    )
    return [Margin(Pair(source, destination), *rest) for source, destination, *rest in rows]


def waiting(tx: Tx, pair: Pair | None = None) -> list[Request]:
    """The requests for a margin, of a pair or of any, that wait for a second officer: the oldest
    first. `margin_of` their `params` is what is asked for."""
    return [
        request
        for request in requests.waiting(tx)
        if request.kind == Publish.name and pair in (None, margin_of(request.params).pair)
    ]


def percent_of(margins: Sequence[Margin], pair: Pair, units: Decimal, day: date) -> Decimal:
    """What is taken off that day for so many units of the source currency."""
    holding = [
        (one.from_amount, one.valid_from, one.percent)
        for one in margins
        if one.pair == pair and one.valid_from <= day and one.from_amount <= units
    ]
    return max(holding)[2] if holding else Decimal(0)


def after_margin(rate: Decimal, percent: Decimal) -> Decimal:
    """The rate that a customer gets, with all its places."""
    with localcontext(prec=60):
        return rate * (100 - percent) / 100


def params_of(pair: Pair, said: Mapping[str, str]) -> dict[str, str]:
    """What a form or a command says of a margin (`percent`, `valid_from`, `from_amount`), as its
    request keeps it. Raises BadMargin."""
    percent = _number(said.get("percent", ""), "The margin", PERCENT_MAXIMUM)
    from_amount = _number(said.get("from_amount", "") or "0", "The amount", FROM_AMOUNT_MAXIMUM)
    try:
        valid_from = date.fromisoformat(said.get("valid_from", "").strip())
    except ValueError:
        raise BadMargin("The day is written as 2026-12-31.") from None
    return {
        **{"source": pair.source, "destination": pair.destination},
        **{"valid_from": valid_from.isoformat(), "from_amount": f"{from_amount:f}"},
        "percent": f"{percent:f}",
    }


def read_number(said: str, maximum: int) -> Decimal | None:
    """A number from 0 to `maximum`, as it is written with a point and at most eight decimals: more
    of them would be an endless text, as of 1e-999999999. None for what is no such number."""
    try:
        number = Decimal(said.strip()) if said.isascii() and "_" not in said else Decimal("NaN")
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= maximum or number != number.quantize(PLACES):
        return None
    return number.normalize() if number else Decimal(0)


def _number(said: str, what: str, maximum: int) -> Decimal:
    number = read_number(said, maximum)
    if number is None:
        raise BadMargin(
            f"{what} is a number from 0 to {maximum:,}, with a point and at most 8 decimals."
        )
    return number


class Publish(Kind):
    """A margin that holds from a day on."""

    name: ClassVar[str] = "rate_margin"
    life_s: ClassVar[int] = 7 * 24 * 60 * 60

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        wanted = margin_of(request.params)
        before = percent_of(
            listed(tx, wanted.pair), wanted.pair, wanted.from_amount, wanted.valid_from
        )
        return Shown(
            f"margin of {wanted.pair} from {wanted.valid_from}, from"
            f" {wanted.from_amount:f} {wanted.pair.source} on: {wanted.percent:f} %",
            {"margin": f"{before.normalize():f} %"},
            {"margin": f"{wanted.percent:f} %"},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        wanted = margin_of(request.params)
        _require_possible(tx, wanted)
        tx.execute(
            "INSERT INTO rate_margin (tenant_id, source, destination, valid_from, from_amount,"
            " percent, request_id) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (tenant_id, source, destination, valid_from, from_amount) DO UPDATE"
            " SET percent = excluded.percent, request_id = excluded.request_id",
            (
                *(wanted.pair.source, wanted.pair.destination, wanted.valid_from),
                *(wanted.from_amount, wanted.percent, request.id),
            ),
        )
        return Done({"margin": f"{wanted.percent:f} %"})

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        _require_possible(tx, margin_of(request.params))


PUBLISH: Final = Publish()


def margin_of(params: Mapping[str, Any]) -> Margin:
    """The margin that a request asks for."""
    return Margin(
        Pair(params["source"], params["destination"]),
        date.fromisoformat(params["valid_from"]),
        Decimal(params["from_amount"]),
        Decimal(params["percent"]),
        is_published=True,
    )


def _require_possible(tx: Tx, wanted: Margin) -> None:
    """What has been told today or before is not changed behind anybody's back: not from a day that
    is over. Raises BadMargin."""
    if wanted.valid_from < clock.now(business.of_transaction(tx).zone).date():
        raise BadMargin("That day is over: a margin holds from today on at the earliest.")
    polled = tx.one(
        "SELECT listed FROM rate_pair WHERE tenant_id = current_tenant() AND source = %s"
        " AND destination = %s",
        (wanted.pair.source, wanted.pair.destination),
    )
    if polled is None or not polled[0]:
        raise BadMargin(f"{wanted.pair} is not polled.")
