"""What only shows between dated tables: gaps, two at once, and amounts that nothing is left of."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from core.manifest.section import PricedOperation
from core.tenants.tariffs import Table


class BodiedTable(Table, Protocol):
    """A table with its body as it is stored."""

    @property
    def body(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=BodiedTable)


def named(table: Table) -> str:
    """Such as "topup limit for the level agent"."""
    return f"{table.operation} {table.kind}{_for_level(table)}"


def faults(
    tables: Sequence[T], operations: Mapping[str, PricedOperation]
) -> Iterator[tuple[T, str]]:
    """What is wrong, each time with the table that a person would change."""
    yield from _gaps(tables)
    yield from _limits_that_leave_nothing(tables)
    yield from _fees_that_take_all(tables, operations)


def _for_level(table: Table) -> str:
    return f" for the level {table.level}" if table.level else ""


def _gaps(tables: Sequence[T]) -> Iterator[tuple[T, str]]:
    """Between two tables of a kind there is always one in force: a gap would be no limit at all.

    Where a level's tables leave a gap, the one without a level counts. Two of a level never hold
    at once: a level's own table ends when it says so, and a forgotten end would be found late.
    """
    chains: dict[tuple[str, str, str], list[T]] = {}
    for table in tables:
        chains.setdefault((table.operation, table.kind, table.level), []).append(table)
    for (operation, kind, level), chain in chains.items():
        chain.sort(key=lambda table: table.valid_from)
        for before, after in pairwise(chain):
            if level and _at_once(before, after):
                yield (
                    before,
                    f"two tables of {named(after)} hold at once: the first needs valid_to",
                )
            elif level and (operation, kind, "") in chains:
                continue
            elif before.valid_to is not None and before.valid_to < after.valid_from:
                yield after, f"between two tables of {named(after)} there is a time without one"


def _at_once(one: Table, other: Table) -> bool:
    """Whether there is a time in which both hold."""
    first, second = sorted((one, other), key=lambda table: table.valid_from)
    return first.valid_to is None or first.valid_to > second.valid_from


def _limits_that_leave_nothing(tables: Sequence[T]) -> Iterator[tuple[T, str]]:
    """What a level's table does not say, the one without a level says: both together must leave
    some amount."""
    limits = [table for table in tables if table.kind == "limit"]
    for own in filter(lambda table: table.level, limits):
        shared = [one for one in limits if one.operation == own.operation and not one.level]
        changes = [own.valid_from, *(table.valid_from for table in shared)]
        changes += [table.valid_to for table in shared if table.valid_to]
        for at in filter(lambda at: _in_force([own], at), changes):
            both = _in_force(shared, at) | own.body
            least = both.get("minimum_minor", 1)
            if both.get("maximum_minor", least) < least:
                yield (
                    own,
                    f"maximum is less than minimum: {named(own)} and the table without a level",
                )
                break


def _in_force(tables: Sequence[BodiedTable], at: datetime) -> dict[str, Any]:
    """The body of the newest of the tables that hold in that moment, or `{}`."""
    found = [
        table
        for table in tables
        if table.valid_from <= at and (table.valid_to is None or at < table.valid_to)
    ]
    return max(found, key=lambda table: table.valid_from).body if found else {}


def _fees_that_take_all(
    tables: Sequence[T], operations: Mapping[str, PricedOperation]
) -> Iterator[tuple[T, str]]:
    """Where the fee is taken from what arrives, something must arrive."""
    for operation in filter(lambda one: one.fee_included, operations.values()):
        ours = [table for table in tables if table.operation == operation.name]
        fees = [table for table in ours if table.kind == "fee"]
        for table in fees:
            # Without a level it is for all who have no table of their own all that time.
            payers = (table.level,) if table.level else ("", *operation.levels)
            least = min(
                _least_minor(ours, level, table)
                for level in payers
                if level == table.level
                or not _hold([fee for fee in fees if fee.level == level], table)
            )
            if _takes_all(table, least):
                yield (
                    table,
                    f"a fee of {operation.name}{_for_level(table)} is as large as the least amount"
                    " that it is taken from",
                )


def _takes_all(fee: BodiedTable, least_minor: int) -> bool:
    """Whether the fee of some amount, from the least on, leaves nothing of it."""
    floor = least_minor
    for band in fee.body["bands"]:
        fee_minor = band["fee_minor"] + floor * band["basis_points"] // 10_000
        top = band["up_to_minor"]
        if fee_minor >= floor and (top is None or top >= floor):
            return True
        if top is not None:
            floor = max(floor, top + 1)
    return False


def _least_minor(tables: Sequence[BodiedTable], level: str, fee: BodiedTable) -> int:
    """The least amount that agents of that level may sell while the fee holds."""
    stated = [table for table in tables if table.level == level and "minimum_minor" in table.body]
    if not (level and _hold(stated, fee)):
        stated += [table for table in tables if table.kind == "limit" and not table.level]
    return min((table.body.get("minimum_minor", 1) for table in stated), default=1)


def _hold(tables: Sequence[BodiedTable], other: BodiedTable) -> bool:
    """Whether one of the tables is in force all the time that the other is."""
    covered = other.valid_from
    for table in sorted(tables, key=lambda table: table.valid_from):
        if table.valid_from > covered:
            return False
        if table.valid_to is None:
            return True
        covered = max(covered, table.valid_to)
    return other.valid_to is not None and bool(tables) and other.valid_to <= covered
