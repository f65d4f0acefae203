"""Dated tables of fees and limits: who approved them, and from when they hold.

    - operation: contribute
      kind: fee
      valid_from: 2026-01-01
      approved_by: Board, 12 December 2025
      bands:
        - {up_to: 5000, fee: 20}
        - {fee: 50, percent: 0.5}

    - operation: topup
      kind: limit
      level: assistant
      valid_from: 2026-01-01
      approved_by: Board, 12 December 2025
      maximum: 5000

A table with a level is for agents of that level, and wins over the one without. Amounts stand in
the currency's usual unit; with `_minor` after its name, one is in minor units.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from core.manifest import limits
from core.manifest.money import amount
from core.manifest.nodes import Fields, Place
from core.manifest.shapes import LEVEL, TariffPlan, id_of

_ABOUT = ("operation", "kind", "valid_from", "approved_by")


def read_tariffs(
    start: Place, tenant_id: uuid.UUID, zone: ZoneInfo, currency: str
) -> tuple[TariffPlan, ...]:
    plans: dict[uuid.UUID, TariffPlan] = {}
    for item in start.items():
        plan = _read_tariff(item, tenant_id, zone, currency)
        if plan is None:
            continue
        if plan.id in plans:
            item.fault(f"a table of {_named(plan)} from this day stands here twice")
        plans[plan.id] = plan
    _refuse_gaps(start, list(plans.values()))
    _refuse_limits_that_leave_nothing(start, list(plans.values()))
    _refuse_fees_that_take_all(start, list(plans.values()))
    return tuple(plans.values())


def _read_tariff(
    item: Place, tenant_id: uuid.UUID, zone: ZoneInfo, currency: str
) -> TariffPlan | None:
    if not item.is_mapping:
        item.fields()
        return None
    kind = dict(item.entries()).get("kind")
    named = kind.one_of(limits.KINDS) if kind else ""
    if named == "limit":
        both = tuple(f"{name}_minor" for name in limits.LIMITS)
        fields = item.fields("level", "valid_to", *limits.LIMITS, *both, needed=_ABOUT)
        body = _read_limits(fields, currency)
    else:
        fields = item.fields("level", "valid_to", needed=(*_ABOUT, "bands"))
        bands = fields.get("bands")
        body = {"bands": _read_bands(bands, currency) if bands else []}
    operation = fields.read("operation", lambda place: place.one_of(limits.OPERATIONS), "")
    level = fields.read("level", lambda place: place.one_of(limits.LEVELS), "")
    if level and operation and operation not in limits.OPERATIONS_OF_AGENTS:
        item.fault(f"level: {operation} is nothing that agents do as agents")
    begins = fields.get("valid_from")
    if not (named and operation and begins):
        return None
    valid_from = begins.moment(zone)
    valid_to = fields.read("valid_to", lambda place: place.moment(zone), None)
    if valid_to is not None and valid_to <= valid_from:
        item.fault("valid_to is not after valid_from")
    return TariffPlan(
        # Without a level it is what it was before there were levels.
        id=id_of(
            tenant_id, "tariff", operation, named, valid_from.isoformat(), *([level] * bool(level))
        ),
        operation=operation,
        kind=named,
        body=body | ({LEVEL: level} if level else {}),
        valid_from=valid_from,
        valid_to=valid_to,
        approved_by=fields.text("approved_by"),
    )


def _read_limits(fields: Fields, currency: str) -> dict[str, Any]:
    body = {
        f"{name}_minor": found
        for name in limits.LIMITS
        if (found := amount(fields, name, currency)) is not None
    }
    if not body:
        fields.of.fault(f"a limit needs at least one of: {', '.join(limits.LIMITS)}")
    least, most = body.get("minimum_minor", 1), body.get("maximum_minor")
    if most is not None and most < max(1, least):
        fields.of.fault("maximum is less than minimum")
    return body


def _read_bands(start: Place, currency: str) -> list[dict[str, Any]]:
    bands: list[dict[str, Any]] = []
    for item in start.items():
        fields = item.fields("up_to", "up_to_minor", "fee", "fee_minor", "percent")
        percent = fields.read("percent", lambda p: p.decimal(2, limits.BASIS_POINTS_MAXIMUM), None)
        bands.append(
            {
                "up_to_minor": amount(fields, "up_to", currency),
                "fee_minor": amount(fields, "fee", currency) or 0,
                "basis_points": int(percent * 100) if percent is not None else 0,
            }
        )
    tops = [band["up_to_minor"] for band in bands]
    if not bands:
        start.fault("a fee needs at least one band")
    elif tops[-1] is not None:
        start.fault("the last band has no up_to: it is for all larger amounts")
    elif None in tops[:-1]:
        start.fault("only the last band may be without up_to")
    elif any(after <= before for before, after in pairwise(tops[:-1])):
        start.fault("each band's up_to is larger than the one before")
    return bands


def _named(plan: TariffPlan) -> str:
    return f"{plan.operation} {plan.kind}{_for_level(plan)}"


def _for_level(plan: TariffPlan) -> str:
    return f" for the level {plan.level}" if plan.level else ""


def _refuse_gaps(start: Place, plans: list[TariffPlan]) -> None:
    """Between two tables of a kind there is always one in force: a gap would be no limit at all.

    Where a level's tables leave a gap, the one without a level counts. Two of a level never hold
    at once: a level's own table ends when it says so, and a forgotten end would be found late.
    """
    chains: dict[tuple[str, str, str], list[TariffPlan]] = {}
    for plan in plans:
        chains.setdefault((plan.operation, plan.kind, plan.level), []).append(plan)
    for (operation, kind, level), chain in chains.items():
        chain.sort(key=lambda plan: plan.valid_from)
        for before, after in pairwise(chain):
            if level and _at_once(before, after):
                start.fault(f"two tables of {_named(after)} hold at once: the first needs valid_to")
            elif level and (operation, kind, "") in chains:
                continue
            elif before.valid_to is not None and before.valid_to < after.valid_from:
                start.fault(f"between two tables of {_named(after)} there is a time without one")


def _at_once(one: TariffPlan, other: TariffPlan) -> bool:
    """Whether there is a time in which both hold."""
    first, second = sorted((one, other), key=lambda plan: plan.valid_from)
    return first.valid_to is None or first.valid_to > second.valid_from


def _refuse_limits_that_leave_nothing(start: Place, plans: list[TariffPlan]) -> None:
    """What a level's table does not say, the one without a level says: both together must leave
    some amount."""
    tables = [plan for plan in plans if plan.kind == "limit"]
    for own in filter(lambda plan: plan.level, tables):
        shared = [plan for plan in tables if plan.operation == own.operation and not plan.level]
        changes = [own.valid_from, *(plan.valid_from for plan in shared)]
        changes += [plan.valid_to for plan in shared if plan.valid_to]
        for at in filter(lambda at: _in_force([own], at), changes):
            both = _in_force(shared, at) | own.body
            least = both.get("minimum_minor", 1)
            if both.get("maximum_minor", least) < least:
                start.fault(
                    f"maximum is less than minimum: {_named(own)} and the table without a level"
                )
                break


def _in_force(tables: Sequence[TariffPlan], at: datetime) -> dict[str, Any]:
    """The body of the newest of the tables that hold in that moment, or `{}`."""
    found = [
        plan
        for plan in tables
        if plan.valid_from <= at and (plan.valid_to is None or at < plan.valid_to)
    ]
    return max(found, key=lambda plan: plan.valid_from).body if found else {}


def _refuse_fees_that_take_all(start: Place, plans: list[TariffPlan]) -> None:
    """The fee of a top-up is taken from what arrives: something must arrive."""
    tables = [plan for plan in plans if plan.operation == "topup"]
    fees = [plan for plan in tables if plan.kind == "fee"]
    for plan in fees:
        # Without a level it is for all who have no table of their own all that time.
        payers = (plan.level,) if plan.level else ("", *limits.LEVELS)
        least = min(
            _least_minor(tables, level, plan)
            for level in payers
            if level == plan.level or not _hold([fee for fee in fees if fee.level == level], plan)
        )
        floor = least
        for band in plan.body["bands"]:
            fee_minor = band["fee_minor"] + floor * band["basis_points"] // 10_000
            top = band["up_to_minor"]
            if fee_minor >= floor and (top is None or top >= floor):
                start.fault(
                    f"a fee of topup{_for_level(plan)} is as large as the least amount"
                    " that it is taken from"
                )
                break
            if top is not None:
                floor = max(floor, top + 1)


def _least_minor(tables: Sequence[TariffPlan], level: str, fee: TariffPlan) -> int:
    """The least amount that agents of that level may sell while the fee holds."""
    stated = [plan for plan in tables if plan.level == level and "minimum_minor" in plan.body]
    if not (level and _hold(stated, fee)):
        stated += [plan for plan in tables if plan.kind == "limit" and not plan.level]
    return min((plan.body.get("minimum_minor", 1) for plan in stated), default=1)


def _hold(tables: Sequence[TariffPlan], plan: TariffPlan) -> bool:
    """Whether one of the tables is in force all the time that the plan is."""
    covered = plan.valid_from
    for table in sorted(tables, key=lambda table: table.valid_from):
        if table.valid_from > covered:
            return False
        if table.valid_to is None:
            return True
        covered = max(covered, table.valid_to)
    return plan.valid_to is not None and bool(tables) and plan.valid_to <= covered
