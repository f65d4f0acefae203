"""`points` of fuel.yaml: how many points fuel earns, and what one is worth; dated, as margins are.

points:
  - valid_from: 2026-01-01
    approved_by: Management of 1 December 2025
    per_unit: {premium: 1, gasoil: 1.5}
    worth: 0.05
    least: 100
    months: 12
"""

import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from pydantic import BeforeValidator

from core.db.database import Tx
from core.fuel.points import Rule
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry
from core.manifest.ids import id_of
from core.manifest.tenant import to_json
from core.manifest.values import Amount, Moment, Text, decimal, whole

_PLACES = 2
_PER_UNIT_MAXIMUM = 1_000 * 10**_PLACES


def _per_unit(value: Any) -> Decimal:
    return Decimal(decimal(value, _PLACES, _PER_UNIT_MAXIMUM)).scaleb(-_PLACES)


class PointsEntry(Entry):
    """A rule from a day on. `least` is the fewest that are used at once."""

    valid_from: Moment
    approved_by: Text
    per_unit: dict[str, Annotated[Decimal, BeforeValidator(_per_unit)]]
    worth: Amount
    least: Annotated[int, whole(1, 1_000_000)] = 1
    months: Annotated[int, whole(1, 120)] = 12

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "fuel_points_rule", self.valid_from.isoformat())

    @property
    def row(self) -> tuple[Any, ...]:
        rule = Rule(self.per_unit, self.worth, self.least, self.months)
        return (rule.to_data(), self.valid_from, self.approved_by)


def check_points(rules: Sequence[PointsEntry], products: Sequence[str]) -> None:
    """What stands wrong in them is noted with its place."""
    froms = [one.valid_from for one in rules]
    for number, one in enumerate(rules):
        if froms.index(one.valid_from) != number:
            one.place().fault("a rule from this day stands here twice")
        for product in one.per_unit.keys() - set(products):
            one.place("per_unit", product).fault("there is no such product")


def changes_of_points(site: Site, rules: Sequence[PointsEntry]) -> Iterator[Change]:
    """What the folder has otherwise than the database."""
    rows = site.tx.all(
        "SELECT id, terms, valid_from, approved_by FROM fuel_points_rule"
        " WHERE tenant_id = current_tenant()"
    )
    known = {id: tuple(rest) for id, *rest in rows}
    for one in rules:
        if known.get(one.id) != one.row:
            verb = "changed" if one.id in known else "added"
            name = f"{one.valid_from:%Y-%m-%d}"
            yield Change(verb, "points", name, partial(_write, one), Stage.CONFIGURATION)


def _write(one: PointsEntry, tx: Tx) -> None:
    terms, *dated = one.row
    tx.execute(
        "INSERT INTO fuel_points_rule (tenant_id, id, terms, valid_from, approved_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, id)"
        " DO UPDATE SET terms = excluded.terms, approved_by = excluded.approved_by",
        (one.id, to_json(terms), *dated),
    )
