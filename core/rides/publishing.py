"""A table of fares is published by two officers: one asks for it, another approves. It holds from
its moment on; what was shown before, and what is booked, keeps its own table."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar, Final

import orjson

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.rides import tariffs
from core.rides.errors import NoFares
from core.rides.fares import Tariff
from core.security.keyring import Keyring
from core.tenants import business
from values import clock
from values.currencies import written
from values.ids import uuid7

ROAD_FACTOR_MAXIMUM: Final = 5
PERCENT_MAXIMUM: Final = 50


class WrongFares(ApprovalError):
    """A table that cannot be published; the text says why."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A table of fares, and from when on it holds."""

    valid_from: datetime
    tariff: Tariff

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        return {"valid_from": self.valid_from.isoformat(), "terms": self.tariff.to_data()}

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> "Proposed":
        """What `to_data` made."""
        return cls(datetime.fromisoformat(params["valid_from"]), Tariff.from_data(params["terms"]))


def subject_of(tenant_id: uuid.UUID, wanted: Proposed) -> uuid.UUID:
    """What a request of it is about: for one moment one waits."""
    return uuid.uuid5(tenant_id, f"ride_fares {wanted.valid_from.astimezone(UTC).isoformat()}")


def described(tariff: Tariff, currency: str) -> dict[str, str]:
    """What a table says, by name, as officers read it."""
    night = tariff.night
    bands = (
        f"{written(minor, currency)} a km from {begins_m:,} m on"
        for begins_m, minor in tariff.bands
    )
    return {
        "first": f"{written(tariff.base_minor, currency)} for {tariff.includes_m:,} m",
        "then": "; ".join(bands),
        "rounded to": written(tariff.round_to_minor, currency),
        "road factor": f"{float(tariff.road_factor):g}",
        "waiting": f"{written(tariff.waiting_minor, currency)} a minute after"
        f" {tariff.waiting_free_minutes} minutes",
        "night": f"{night.percent} % more from {night.begins:%H:%M} to {night.ends:%H:%M}"
        if night
        else "as by day",
        "late cancellation": f"{written(tariff.cancellation_minor, currency)} after"
        f" {tariff.cancellation_after_s} s",
        "commission": f"{tariff.commission_percent} %",
        "VAT in it": f"{tariff.vat_percent} %",
        "honoured": f"{tariff.honoured_minutes} minutes",
        "farthest": f"{tariff.maximum_m // 1_000} km",
    }


def check(tx: Tx, wanted: Proposed) -> Tariff | None:
    """The table that is in force until then, None for none. Raises WrongFares."""
    _require_right(wanted.tariff)
    if wanted.valid_from <= clock.now():
        raise WrongFares("A table holds from a moment that is to come.")
    same = tx.one(
        "SELECT 1 FROM ride_tariff WHERE tenant_id = current_tenant() AND valid_from = %s",
        (wanted.valid_from,),
    )
    if same is not None:
        raise WrongFares("There is a table from that very moment.")
    try:
        return tariffs.in_force(tx, wanted.valid_from)[1]
    except NoFares:
        return None


def _require_right(tariff: Tariff) -> None:
    """Raises WrongFares."""
    begins = [begins_m for begins_m, _ in tariff.bands]
    if tariff.base_minor <= 0:
        raise WrongFares("The first metres cost something.")
    if not begins or begins[0] != tariff.includes_m:
        raise WrongFares("The first band is from where the first metres end.")
    if any(after <= before for before, after in pairwise(begins)):
        raise WrongFares("Each band is from farther than the one before.")
    if tariff.round_to_minor < 1 or tariff.maximum_m < tariff.includes_m:
        raise WrongFares("A fare is rounded to a unit or more, and the farthest is a way.")
    if not Fraction(1) <= tariff.road_factor <= ROAD_FACTOR_MAXIMUM:
        raise WrongFares(f"The road factor is from 1 to {ROAD_FACTOR_MAXIMUM}.")
    if max(tariff.commission_percent, tariff.vat_percent) > PERCENT_MAXIMUM:
        raise WrongFares(f"Commission and VAT are {PERCENT_MAXIMUM} % at most.")


class Publish(Kind):
    """A table of fares from a moment on."""

    name: ClassVar[str] = "ride_fares"
    life_s: ClassVar[int] = 7 * 24 * 60 * 60

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        wanted, ours = Proposed.of(request.params), business.of_transaction(tx)
        before = check(tx, wanted)
        return Shown(
            f"fares of rides from {wanted.valid_from.astimezone(ours.zone):%Y-%m-%d %H:%M} on",
            described(before, ours.currency) if before else {},
            described(wanted.tariff, ours.currency),
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        wanted = Proposed.of(request.params)
        check(tx, wanted)
        tx.execute(
            "INSERT INTO ride_tariff (tenant_id, id, terms, valid_from, approved_by)"
            " VALUES (current_tenant(), %s, %s, %s, %s)",
            (
                *(uuid7(), orjson.dumps(wanted.tariff.to_data()).decode(), wanted.valid_from),
                f"{request.requested_by} and {request.decided_by}",
            ),
        )
        return Done({"from": f"{wanted.valid_from:%Y-%m-%d %H:%M}"})

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        check(tx, Proposed.of(request.params))


PUBLISH: Final = Publish()
