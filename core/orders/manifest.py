"""products.yaml and prices.yaml: what is sold, and what it costs; and what of people.yaml prices
ask: a shop's region and groups."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Final

import orjson
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationInfo

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, reading_of
from core.manifest.section import Reading, Section
from core.manifest.values import Amount, Code, Flag, Key, OptionalAmount, local_text
from core.orders import prices
from core.orders.price_entries import Name, PricesEntry
from core.people.manifest import PEOPLE, PersonEntry, PersonPart
from core.pricing.check import faults
from core.pricing.index import version_of
from core.pricing.rules import Product, Published, Rule, Scope, UnitPrice
from core.pricing.rules import Stage as PriceStage

PRODUCTS_MAXIMUM: Final = 20_000
LIST_RULE: Final = "list."
FLOOR_RULE: Final = "floor."


def _in_languages(value: Any, info: ValidationInfo) -> dict[str, str]:
    return local_text(value, reading_of(info).languages)


LocalText = Annotated[dict[str, str], BeforeValidator(_in_languages)]


class ProductEntry(Entry):
    """What is sold, by the unit in which it is sold; its list price, and the least it may cost.
    What is not sold now has no list price, and so no price."""

    code: Code
    name: LocalText
    unit: LocalText
    category: Key
    price: Amount
    floor: OptionalAmount = None
    sold: Flag = True

    def rules(self) -> Iterator[Rule]:
        scope = Scope(products=frozenset([self.code]))
        if self.sold:
            yield Rule(f"{LIST_RULE}{self.code}", PriceStage.LIST, UnitPrice(self.price), scope)
        if self.floor is not None:
            yield Rule(f"{FLOOR_RULE}{self.code}", PriceStage.FLOOR, UnitPrice(self.floor), scope)


class Shop(PersonPart):
    """What prices ask of a customer."""

    region: Name | None = None
    price_groups: list[Key] = Field(default_factory=list)


def _products(_reading: Reading) -> TypeAdapter[list[ProductEntry]]:
    return TypeAdapter(list[ProductEntry])


def _prices(_reading: Reading) -> TypeAdapter[PricesEntry]:
    return TypeAdapter(PricesEntry)


def _check_products(reading: Reading) -> None:
    said = reading.of(PRODUCTS)
    assert said is not None
    codes: set[str] = set()
    for product in said:
        if product.code in codes:
            product.place("code").fault("this code stands here twice")
        codes.add(product.code)
        if product.floor is not None and product.floor > product.price:
            product.place("floor").fault("the floor is above the list price")
    if len(said) > PRODUCTS_MAXIMUM:
        said[-1].place().fault(f"at most {PRODUCTS_MAXIMUM:,} products")


def _check_prices(reading: Reading) -> None:
    said = reading.of(PRICES)
    assert said is not None
    products = {product.code: product for product in reading.of(PRODUCTS) or []}
    if not said.rules and not products:
        return
    if said.rules and not said.approved_by:
        said.place("approved_by").fault("who approved these prices?")
    people = {person.key for person in reading.of(PEOPLE) or []}
    for rule in said.rules:
        for number, key in enumerate(rule.customers):
            if key not in people:
                rule.place("customers", number).fault("there is nobody with this key")
    before = len(reading.faults.found)
    published = _published(reading)
    if len(reading.faults.found) > before:
        return
    for fault in faults(published):
        name = fault.rules[-1]
        place = said.place_of(name) or products[name.partition(".")[2]].place()
        others = ", ".join(fault.rules[:-1])
        place.fault(f"{fault.text} ({others})" if others else fault.text)


def _published(reading: Reading) -> Published:
    """Both files as the rules that they are."""
    products, said = reading.of(PRODUCTS) or [], reading.of(PRICES)
    assert said is not None
    ids = {person.key: str(person.id) for person in reading.of(PEOPLE) or []}
    rules = [rule for product in products for rule in product.rules()]
    rules += [rule for entry in said.rules if (rule := entry.rule(ids)) is not None]
    return Published(
        said.terms(reading.currency),
        tuple(Product(product.code, product.category) for product in products),
        tuple(rules),
    )


def _product_changes(site: Site) -> Iterator[Change]:
    tx = site.tx
    known = {
        code: tuple(rest)
        for code, *rest in tx.all(
            "SELECT code, category, position, names, units, sold FROM product"
            " WHERE tenant_id = current_tenant()"
        )
    }
    said = site.manifest.of(PRODUCTS)
    for position, product in enumerate(said):
        wanted = (product.category, position, product.name, product.unit, product.sold)
        if known.get(product.code) != wanted:
            verb = "changed" if product.code in known else "added"
            write = partial(_write_product, product.code, wanted)
            yield Change(verb, "products", product.code, write, Stage.CONFIGURATION)
    for code in sorted(known.keys() - {product.code for product in said}):
        if known[code][-1]:
            yield Change("closed", "products", code, partial(_close, code), Stage.CONFIGURATION)
    yield from _shop_changes(site)


def _shop_changes(site: Site) -> Iterator[Change]:
    known = {
        id: (region, groups)
        for id, region, groups in site.tx.all(
            "SELECT subscriber_id, region, price_groups FROM shop"
            " WHERE tenant_id = current_tenant()"
        )
    }
    for person in site.manifest.of(PEOPLE):
        shop = person.part(Shop)
        wanted = (shop.region or "", sorted(shop.price_groups))
        if known.get(person.id, ("", [])) != wanted:
            verb = "changed" if person.id in known else "added"
            write = partial(_write_shop, person, wanted)
            yield Change(verb, "shops", person.key, write, Stage.PEOPLE)


def _price_changes(site: Site) -> Iterator[Change]:
    published = _published(site.manifest.reading)
    version = prices.folder_version(site.tx)
    if not published.products and not version:
        return
    if version != version_of(published):
        said = site.manifest.of(PRICES)
        write = partial(_publish, published, said.approved_by or "list prices of the folder")
        yield Change("added", "price books", site.manifest.slug, write, Stage.CONFIGURATION)


def _publish(published: Published, approved_by: str, tx: Tx) -> None:
    prices.publish(tx, published, approved_by)


def _write_product(code: str, wanted: tuple[Any, ...], tx: Tx) -> None:
    category, position, names, units, sold = wanted
    tx.execute(
        "INSERT INTO product (tenant_id, code, category, position, names, units, sold)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, code)"
        " DO UPDATE SET category = excluded.category, position = excluded.position,"
        " names = excluded.names, units = excluded.units, sold = excluded.sold",
        (code, category, position, _json(names), _json(units), sold),
    )


def _json(value: dict[str, str]) -> str:
    return orjson.dumps(value).decode()


def _close(code: str, tx: Tx) -> None:
    tx.execute(
        "UPDATE product SET sold = false WHERE tenant_id = current_tenant() AND code = %s", (code,)
    )


def _write_shop(person: PersonEntry, wanted: tuple[str, list[str]], tx: Tx) -> None:
    tx.execute(
        "INSERT INTO shop (tenant_id, subscriber_id, region, price_groups)"
        " VALUES (current_tenant(), %s, %s, %s) ON CONFLICT (tenant_id, subscriber_id)"
        " DO UPDATE SET region = excluded.region, price_groups = excluded.price_groups",
        (person.id, *wanted),
    )


PRODUCTS: Section[list[ProductEntry]] = Section(
    name="products",
    file="products.yaml",
    adapter=_products,
    empty=list,
    extends={"person": Shop},
    check=_check_products,
    changes=_product_changes,
)
PRICES: Section[PricesEntry] = Section(
    name="prices",
    file="prices.yaml",
    adapter=_prices,
    empty=PricesEntry,
    check=_check_prices,
    changes=_price_changes,
)
