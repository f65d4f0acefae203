"""stock.yaml: where goods lie, how many there were at first, and when to order more.

    warehouses:
      - {code: NBO, name: Nairobi, regions: [Nairobi, Central]}
    stock:
      - {warehouse: NBO, product: OIL1, opening: 400, reorder_at: 40}

An opening count is written once; from then on stock changes by what comes in and goes out.
"""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry
from core.manifest.section import Reading, Section
from core.manifest.values import Code, Text, whole
from core.orders import stock
from core.orders.manifest import PRODUCTS
from core.orders.price_entries import Name

STOCK_ROWS_MAXIMUM: Final = 100_000
Quantity = Annotated[int, whole(0, stock.COUNT_MAXIMUM)]


class WarehouseEntry(Entry):
    code: Code
    name: Text
    regions: list[Name] = Field(default_factory=list)


class StockedEntry(Entry):
    warehouse: Code
    product: Code
    opening: Quantity = 0
    reorder_at: Quantity = 0


class StockEntry(Entry):
    """The whole file."""

    warehouses: list[WarehouseEntry] = Field(default_factory=list)
    stock: list[StockedEntry] = Field(default_factory=list)


def _stock(_reading: Reading) -> TypeAdapter[StockEntry]:
    return TypeAdapter(StockEntry)


def _check(reading: Reading) -> None:
    said = reading.of(STOCK)
    assert said is not None
    products = {product.code for product in reading.of(PRODUCTS) or []}
    warehouses: set[str] = set()
    for warehouse in said.warehouses:
        if warehouse.code in warehouses:
            warehouse.place("code").fault("this code stands here twice")
        warehouses.add(warehouse.code)
    if len(said.stock) > STOCK_ROWS_MAXIMUM:
        said.stock[-1].place().fault(f"at most {STOCK_ROWS_MAXIMUM:,} rows")
    seen: set[tuple[str, str]] = set()
    for row in said.stock:
        if row.warehouse not in warehouses:
            row.place("warehouse").fault("there is no warehouse with this code")
        if row.product not in products:
            row.place("product").fault("there is no product with this code")
        if (row.warehouse, row.product) in seen:
            row.place("product").fault("this product stands here twice")
        seen.add((row.warehouse, row.product))


def _changes(site: Site) -> Iterator[Change]:
    tx = site.tx
    said = site.manifest.of(STOCK)
    known = {
        code: (position, name, regions)
        for code, position, name, regions in tx.all(
            "SELECT code, position, name, regions FROM warehouse WHERE tenant_id = current_tenant()"
        )
    }
    for position, one in enumerate(said.warehouses):
        wanted = (position, one.name, one.regions)
        if known.get(one.code) != wanted:
            verb = "changed" if one.code in known else "added"
            write = partial(_write_warehouse, one.code, position, one.name, one.regions)
            yield Change(verb, "warehouses", one.code, write, Stage.CONFIGURATION)
    rows = {(row.warehouse, row.product): row.reorder_at for row in stock.listed(tx)}
    for row in said.stock:
        key = (row.warehouse, row.product)
        if rows.get(key) != row.reorder_at:
            verb = "changed" if key in rows else "added"
            write = partial(_write_stock, row)
            yield Change(verb, "stock", f"{row.warehouse} {row.product}", write, Stage.MONEY)


def _write_warehouse(code: str, position: int, name: str, regions: list[str], tx: Tx) -> None:
    tx.execute(
        "INSERT INTO warehouse (tenant_id, code, position, name, regions)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, code)"
        " DO UPDATE SET position = excluded.position, name = excluded.name,"
        " regions = excluded.regions",
        (code, position, name, regions),
    )


def _write_stock(row: StockedEntry, tx: Tx) -> None:
    stock.open_row(tx, row.warehouse, row.product, opening=row.opening, reorder_at=row.reorder_at)


STOCK: Section[StockEntry] = Section(
    name="stock",
    file="stock.yaml",
    adapter=_stock,
    empty=StockEntry,
    check=_check,
    changes=_changes,
)
