"""tariffs.yaml: dated tables of fees and limits, who approved them, and from when they hold.

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
the currency's usual unit; with `_minor` after its name, one is in minor units. Which operations,
limits and levels there are, the domains say (`PricedOperation`).

A new tenant's own accounts, for its fees and for settlement, are opened here too.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    create_model,
    model_validator,
)

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, wrong
from core.manifest.ids import id_of
from core.manifest.section import PricedOperation, Reading, Section
from core.manifest.tenant import to_json
from core.manifest.values import Moment, OptionalAmount, Text, decimal, one_of
from core.money import ledger, tariff_checks
from core.money.tariff_publishing import is_published

BASIS_POINTS_MAXIMUM: Final = 10_000
# Where the body of a table holds the level of agents that it is for.
LEVEL: Final = "level"


def _levels(reading: Reading) -> list[str]:
    found = (level for one in reading.operations.values() for level in one.levels)
    return list(dict.fromkeys(found))


class TariffEntry(Entry):
    """What tables of both kinds have."""

    kind: str
    operation: Annotated[Text, one_of(lambda reading: reading.operations)]
    level: Annotated[str, one_of(_levels)] = ""
    valid_from: Moment
    valid_to: Moment | None = None
    approved_by: Text

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise wrong("valid_to is not after valid_from")
        return self

    @property
    def id(self) -> uuid.UUID:
        names = (self.operation, self.kind, self.valid_from.isoformat())
        # Without a level it is what it was before there were levels.
        more = (self.level,) if self.level else ()
        return id_of(self.reading.tenant_id, "tariff", *names, *more)

    @property
    def about(self) -> PricedOperation:
        return self.reading.operations[self.operation]

    @property
    def body(self) -> dict[str, Any]:
        """The table as it is stored."""
        return {LEVEL: self.level} if self.level else {}


def _basis_points(value: Any) -> int:
    """A percentage with at most two decimals."""
    return decimal(value, 2, BASIS_POINTS_MAXIMUM)


class Band(Entry):
    """The fee of amounts up to `up_to`; of all larger ones where there is none."""

    up_to: OptionalAmount = None
    fee: OptionalAmount = None
    percent: Annotated[int, BeforeValidator(_basis_points)] = 0


def _bands(bands: list[Band]) -> list[Band]:
    tops = [band.up_to for band in bands]
    if not bands:
        raise wrong("a fee needs at least one band")
    if tops[-1] is not None:
        raise wrong("the last band has no up_to: it is for all larger amounts")
    rising = [top for top in tops[:-1] if top is not None]
    if len(rising) < len(tops) - 1:
        raise wrong("only the last band may be without up_to")
    if any(after <= before for before, after in pairwise(rising)):
        raise wrong("each band's up_to is larger than the one before")
    return bands


class FeeTable(TariffEntry):
    kind: Literal["fee"]
    bands: Annotated[list[Band], AfterValidator(_bands)]

    @property
    def body(self) -> dict[str, Any]:
        bands = [
            {
                "up_to_minor": band.up_to,
                "fee_minor": band.fee or 0,
                "basis_points": band.percent,
            }
            for band in self.bands
        ]
        return {"bands": bands} | super().body


class LimitTable(TariffEntry):
    """Its limits are fields of their own, by the names that the operations read."""

    kind: Literal["limit"]

    @property
    def limits(self) -> dict[str, int]:
        """The limits that are given, in minor units, by their names."""
        known = type(self).model_fields.keys() - LimitTable.model_fields.keys()
        return {name: found for name in known if (found := getattr(self, name)) is not None}

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        found = self.limits
        if not found:
            known = ", ".join(_limits(self.reading))
            raise wrong(f"a limit needs at least one of: {known}")
        most = found.get("maximum")
        if most is not None and most < max(1, found.get("minimum", 1)):
            raise wrong("maximum is less than minimum")
        return self

    @property
    def body(self) -> dict[str, Any]:
        return {f"{name}_minor": found for name, found in self.limits.items()} | super().body


def _limits(reading: Reading) -> list[str]:
    found = (name for one in reading.operations.values() for name in one.limits)
    return list(dict.fromkeys(found))


def _adapter(reading: Reading) -> TypeAdapter[list[TariffEntry]]:
    fields: dict[str, Any] = dict.fromkeys(_limits(reading), (OptionalAmount, None))
    limit = create_model("Limit", __base__=LimitTable, **fields)
    table = Annotated[FeeTable | limit, Field(discriminator="kind")]  # type: ignore[valid-type]
    return TypeAdapter(list[table])


def _check(reading: Reading) -> None:
    tables = reading.of(TARIFFS) or []
    seen: set[uuid.UUID] = set()
    for table in tables:
        about = table.about
        if table.level and not about.levels:
            table.place("level").fault(f"{about.name} is nothing that agents do as agents")
        elif table.level and table.level not in about.levels:
            table.place("level").fault(f"{about.name} has no such level")
        if isinstance(table, LimitTable):
            for name in table.limits.keys() - set(about.limits):
                known = ", ".join(about.limits)
                table.place(name).fault(f"{about.name} has no such limit; there are: {known}")
        if table.id in seen:
            named = tariff_checks.named(table)
            table.place().fault(f"a table of {named} from this day stands here twice")
        seen.add(table.id)
    for table, text in tariff_checks.faults(tables, reading.operations):
        table.place().fault(text)


def _changes(site: Site) -> Iterator[Change]:
    if site.is_new:
        for kind in (ledger.FEES, ledger.SETTLEMENT):
            write = partial(_open_account, site, kind)
            yield Change("added", "accounts", kind, write, Stage.PEOPLE)
    ours = {
        (one.operation, one.kind, one.level, one.valid_from) for one in site.manifest.of(TARIFFS)
    }
    known: dict[uuid.UUID, tuple[Any, ...]] = {
        id: (named, tuple(rest))
        for id, operation, kind, *rest in site.tx.all(
            "SELECT id, operation, kind, body, valid_from, valid_to, approved_by FROM tariff"
            " WHERE tenant_id = current_tenant()"
        )
        for named in (f"{operation} {kind} from {rest[1]:%Y-%m-%d}",)
        # What officers published stays, until the folder has it, too.
        if not is_published(id) or (operation, kind, rest[0].get(LEVEL, ""), rest[1]) in ours
    }
    for table in site.manifest.of(TARIFFS):
        wanted = (table.body, table.valid_from, table.valid_to, table.approved_by)
        found = known.pop(table.id, None)
        if found is None or found[1] != wanted:
            name = f"{tariff_checks.named(table)} from {table.valid_from:%Y-%m-%d}"
            verb = "added" if found is None else "changed"
            yield Change(verb, "tariffs", name, partial(_write, table), Stage.CONFIGURATION)
    for id, (name, _) in known.items():
        yield Change("removed", "tariffs", name, partial(_remove, id), Stage.CONFIGURATION)


def _open_account(site: Site, kind: str, tx: Tx) -> None:
    ledger.open_account(
        tx,
        id=ledger.account_id(site.manifest.id, kind, site.manifest.currency),
        kind=kind,
        currency=site.manifest.currency,
        owner_id=site.manifest.id,
    )


def _write(table: TariffEntry, tx: Tx) -> None:
    period: tuple[datetime, datetime | None] = (table.valid_from, table.valid_to)
    tx.execute(
        "INSERT INTO tariff AS t (tenant_id, id, operation, kind, body, valid_from,"
        " valid_to, approved_by) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, id) DO UPDATE SET body = excluded.body,"
        " valid_to = excluded.valid_to, approved_by = excluded.approved_by",
        (
            *(table.id, table.operation, table.kind, to_json(table.body)),
            *(*period, table.approved_by),
        ),
    )


def _remove(id: uuid.UUID, tx: Tx) -> None:
    tx.execute("DELETE FROM tariff WHERE tenant_id = current_tenant() AND id = %s", (id,))


TARIFFS: Section[list[TariffEntry]] = Section(
    name="tariffs",
    file="tariffs.yaml",
    adapter=_adapter,
    empty=list,
    check=_check,
    changes=_changes,
)
