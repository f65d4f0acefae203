"""A new dated table of fees or limits, published by two officers.

It holds from a moment that is to come: the newest table in force counts, so it ends what is in
force by then, and nothing of what was agreed to before is another. What a tenant's folder says
stays beside it; a table that is then written into the folder, too, is the folder's.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

import orjson

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.manifest.section import PricedOperation
from core.money import tariff_checks
from core.security.keyring import Keyring
from core.tenants import directory
from values import clock
from values.currencies import written
from values.ids import uuid7

LIFE_S: Final = 7 * 24 * 60 * 60
FEE: Final = "fee"
LIMIT: Final = "limit"
KINDS: Final = (FEE, LIMIT)
BASIS_POINTS_MAXIMUM: Final = 10_000
PUBLISHED_VERSION: Final = 7  # of its id; a folder's are made of names

Operations = Mapping[str, PricedOperation]


class WrongTariff(ApprovalError):
    """A table cannot be published as it is. The text says why."""


@dataclass(frozen=True, slots=True)
class DatedTable:
    """A table with its body as it is stored; `level` is "" where it is for all."""

    operation: str
    kind: str
    level: str
    body: dict[str, Any]
    valid_from: datetime
    valid_to: datetime | None = None
    approved_by: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.operation, self.kind, self.level

    def to_data(self) -> dict[str, Any]:
        """As a request keeps it."""
        return {
            "operation": self.operation,
            "kind": self.kind,
            "level": self.level,
            "body": self.body,
            "valid_from": self.valid_from.isoformat(),
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "DatedTable":
        names = (str(data["operation"]), str(data["kind"]), str(data["level"]))
        return cls(*names, dict(data["body"]), datetime.fromisoformat(data["valid_from"]))


def all_of_tenant(tx: Tx) -> list[DatedTable]:
    """The tenant's tables by operation and kind, the newest first."""
    rows = tx.all(
        "SELECT operation, kind, body, valid_from, valid_to, approved_by FROM tariff"
        " WHERE tenant_id = current_tenant() ORDER BY operation, kind, valid_from DESC"
    )
    return [
        DatedTable(operation, kind, str(body.get("level", "")), body, *rest)
        for operation, kind, body, *rest in rows
    ]


def in_force(
    tables: list[DatedTable], key: tuple[str, str, str], at: datetime
) -> DatedTable | None:
    """The table of that key that holds in a moment: the newest."""
    found = [
        one
        for one in tables
        if one.key == key and one.valid_from <= at and (one.valid_to is None or at < one.valid_to)
    ]
    return max(found, key=lambda one: one.valid_from, default=None)


def described(body: Mapping[str, Any], currency: str) -> dict[str, str]:
    """A table as officers read it: of which amounts the fee is what, or each limit."""
    said: dict[str, str] = {}
    for band in body.get("bands", ()):
        top = band.get("up_to_minor")
        name = f"up to {written(top, currency)}" if top is not None else "above that"
        fixed, share = int(band.get("fee_minor", 0)), int(band.get("basis_points", 0))
        percent = f"{share / 100:g} %"
        both = f"{written(fixed, currency)} + {percent}" if fixed and share else ""
        said[name] = both or (percent if share else written(fixed, currency))
    for name, value in body.items():
        if name.endswith("_minor"):
            said[name.removesuffix("_minor").replace("_", " ")] = written(int(value), currency)
    return said


def check(tx: Tx, operations: Operations, table: DatedTable) -> DatedTable | None:
    """What the table would take the place of, if there is one. Raises WrongTariff."""
    about = operations.get(table.operation)
    if about is None or table.kind not in KINDS:
        raise WrongTariff("There is no such operation that has fees or limits.")
    if table.level and table.level not in about.levels:
        raise WrongTariff(f"{about.name} has no level {table.level}.")
    (_check_bands if table.kind == FEE else _check_limits)(table, about)
    if table.valid_from <= clock.now():
        raise WrongTariff("It would begin in the past: what was agreed to then is not changed.")
    tables = all_of_tenant(tx)
    alike = [one for one in tables if one.key == table.key]
    later = [one for one in alike if one.valid_from >= table.valid_from]
    if later:
        begins = min(one.valid_from for one in later)
        raise WrongTariff(
            f"It overlaps: a table of {tariff_checks.named(table)} begins at {_said(tx, begins)}."
        )
    for one in alike:
        if one.valid_to is not None and one.valid_to > table.valid_from:
            raise WrongTariff(
                f"It overlaps: the table before it holds until {_said(tx, one.valid_to)}."
                " Begin then."
            )
    before = {text for _, text in tariff_checks.faults(tables, operations)}
    ended = [_ended(one, table) for one in tables]
    for _, text in tariff_checks.faults([*ended, table], operations):
        if text not in before:
            raise WrongTariff(f"{text[0].upper()}{text[1:]}.")
    return in_force(tables, table.key, table.valid_from)


def _ended(one: DatedTable, by: DatedTable) -> DatedTable:
    """A table as it counts once `by` is there: what has no end ends as it begins."""
    is_open = one.key == by.key and one.valid_to is None
    return replace(one, valid_to=by.valid_from) if is_open else one


def _said(tx: Tx, at: datetime) -> str:
    row = tx.one("SELECT time_zone FROM tenant WHERE id = current_tenant()")
    assert row is not None
    return f"{at.astimezone(ZoneInfo(str(row[0]))):%Y-%m-%d %H:%M}"


def _check_bands(table: DatedTable, about: PricedOperation) -> None:
    bands = table.body.get("bands") or []
    if not bands:
        raise WrongTariff("A fee needs at least one band.")
    tops = [band["up_to_minor"] for band in bands]
    if tops[-1] is not None or None in tops[:-1]:
        raise WrongTariff("The last band, and no other, is for all larger amounts.")
    if any(after <= before for before, after in pairwise(tops[:-1])):
        raise WrongTariff("Each band reaches further than the one before.")
    if any(not 0 <= band["basis_points"] <= BASIS_POINTS_MAXIMUM for band in bands):
        raise WrongTariff("A share is 0 to 100 %.")
    if any(band["fee_minor"] < 0 for band in bands):
        raise WrongTariff("A fee is nothing or more.")


def _check_limits(table: DatedTable, about: PricedOperation) -> None:
    limits = {name: value for name, value in table.body.items() if name != "level"}
    if not limits:
        raise WrongTariff("Say at least one limit.")
    unknown = {name.removesuffix("_minor") for name in limits} - {*about.limits}
    if unknown:
        raise WrongTariff(f"{about.name} has no limit {min(unknown)}.")
    most = limits.get("maximum_minor")
    if most is not None and most < max(1, limits.get("minimum_minor", 1)):
        raise WrongTariff("The maximum is less than the minimum.")


class Publish(Kind):
    """A new table is published. `operations` answers what may have fees and limits."""

    name: ClassVar[str] = "tariff"
    life_s: ClassVar[int] = LIFE_S

    def __init__(self, operations: Callable[[], Operations]) -> None:
        self._operations = operations

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises WrongTariff."""
        check(tx, self._operations(), DatedTable.of(request.params))

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        table, currency = DatedTable.of(request.params), _currency(tx)
        before = in_force(all_of_tenant(tx), table.key, table.valid_from)
        what = f"publish {tariff_checks.named(table)} from {_said(tx, table.valid_from)}"
        return Shown(
            what,
            described(before.body, currency) if before else {},
            described(table.body, currency),
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        table = DatedTable.of(request.params)
        check(tx, self._operations(), table)
        id, by = uuid7(), f"{request.requested_by} and {request.decided_by}"
        tx.execute(
            "INSERT INTO tariff (tenant_id, id, operation, kind, body, valid_from, approved_by)"
            " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)",
            (
                *(id, table.operation, table.kind, orjson.dumps(table.body).decode()),
                *(table.valid_from, by),
            ),
        )
        directory.touch(tx)
        return Done({"tariff": str(id)})


def is_published(id: uuid.UUID) -> bool:
    """Whether officers published it, and no folder brought it."""
    return id.version == PUBLISHED_VERSION


def subject_of(tenant_id: uuid.UUID, table: DatedTable) -> uuid.UUID:
    """What a request of it is about: of one kind for one moment, one waits."""
    name = " ".join((*table.key, table.valid_from.isoformat()))
    return uuid.uuid5(tenant_id, f"tariff {name}")


def _currency(tx: Tx) -> str:
    row = tx.one("SELECT currency FROM tenant WHERE id = current_tenant()")
    assert row is not None
    return str(row[0])
