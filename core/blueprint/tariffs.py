"""Dated tables of fees and limits: who approved them, and from when they hold.

    - operation: contribute
      kind: fee
      valid_from: 2026-01-01
      approved_by: Board, 12 December 2025
      bands:
        - {up_to: 5000, fee: 20}
        - {fee: 50, percent: 0.5}

Amounts stand in the currency's usual unit; with `_minor` after its name, one is in minor units.
"""

import uuid
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from core.blueprint import limits
from core.blueprint.money import amount
from core.blueprint.nodes import Fields, Place
from core.blueprint.shapes import TariffPlan, id_of

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
            item.fault(f"a table of {plan.operation} {plan.kind} from this day stands here twice")
        plans[plan.id] = plan
    _refuse_gaps(start, list(plans.values()))
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
        fields = item.fields("valid_to", *limits.LIMITS, *both, needed=_ABOUT)
        body = _read_limits(fields, currency)
    else:
        fields = item.fields("valid_to", needed=(*_ABOUT, "bands"))
        bands = fields.get("bands")
        body = {"bands": _read_bands(bands, currency) if bands else []}
    operation = fields.read("operation", lambda place: place.one_of(limits.OPERATIONS), "")
    begins = fields.get("valid_from")
    if not (named and operation and begins):
        return None
    valid_from = begins.moment(zone)
    valid_to = fields.read("valid_to", lambda place: place.moment(zone), None)
    if valid_to is not None and valid_to <= valid_from:
        item.fault("valid_to is not after valid_from")
    return TariffPlan(
        id=id_of(tenant_id, "tariff", operation, named, valid_from.isoformat()),
        operation=operation,
        kind=named,
        body=body,
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


def _refuse_gaps(start: Place, plans: list[TariffPlan]) -> None:
    """Between two tables of a kind there is always one in force: a gap would be no limit at all."""
    chains: dict[tuple[str, str], list[TariffPlan]] = {}
    for plan in plans:
        chains.setdefault((plan.operation, plan.kind), []).append(plan)
    for (operation, kind), chain in chains.items():
        chain.sort(key=lambda plan: plan.valid_from)
        for before, after in pairwise(chain):
            if before.valid_to is not None and before.valid_to < after.valid_from:
                start.fault(f"between two tables of {operation} {kind} there is a time without one")


def _refuse_fees_that_take_all(start: Place, plans: list[TariffPlan]) -> None:
    """The fee of a top-up is taken from what arrives: something must arrive."""
    least = min(
        (
            plan.body.get("minimum_minor", 1)
            for plan in plans
            if (plan.operation, plan.kind) == ("topup", "limit")
        ),
        default=1,
    )
    for plan in plans:
        if (plan.operation, plan.kind) != ("topup", "fee"):
            continue
        floor = least
        for band in plan.body["bands"]:
            fee_minor = band["fee_minor"] + floor * band["basis_points"] // 10_000
            top = band["up_to_minor"]
            if fee_minor >= floor and (top is None or top >= floor):
                start.fault("a fee of topup is as large as the least amount that it is taken from")
                break
            if top is not None:
                floor = max(floor, top + 1)
