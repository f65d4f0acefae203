"""`python -m bench.prices`: how fast baskets are priced, and how that grows with the rules.

- lines a second through `core.pricing`, with 1,000, 10,000 and 100,000 rules, and what a rule costs
  in memory;
- beside it, in turns, the straightforward way: each line looks at all rules;
- over HTTP: baskets of 20 lines by `POST /api/v1/prices/calculate`, and many by `bulk-calculate`.

`--json` prints one object. Ratios are medians of turns in one run.
"""

import contextlib
import http.client
import json
import os
import platform
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import click

from app.operations.tenant_folder import read_folder, rules
from app.settings import CHECKOUT
from bench.rates import asked, percentile_ms
from bench.servers import own_servers, webs
from bench.world import Builder
from core.clients import keys as api_keys
from core.db.database import Database
from core.manifest.apply import apply
from core.orders.prices import publish
from core.pricing.basket import Buyer, Wanted
from core.pricing.calculate import price
from core.pricing.index import PriceBook
from core.pricing.rules import (
    Percent,
    Product,
    Published,
    Rule,
    Scope,
    Stage,
    TaxRate,
    Terms,
    Tier,
    Tiers,
    UnitPrice,
)

RULES: Final = (1_000, 10_000, 100_000)
PRODUCTS: Final = 200
LINES: Final = 20
BASKETS: Final = 200
TURNS: Final = 5
AT: Final = datetime(2026, 11, 30, 12, tzinfo=UTC)
FOLDER: Final = CHECKOUT / "fixtures" / "tenants" / "trade"
PATIENCE_S: Final = 3.0


def published(count: int, seed: int = 1) -> Published:
    """So many rules for 200 products: list prices and tax; then, half each, prices of a customer,
    and discounts of groups by quantity."""
    pick = random.Random(seed)
    codes = [f"P{number}" for number in range(PRODUCTS)]
    made = [
        Rule(
            *(f"list.{code}", Stage.LIST, UnitPrice(pick.randint(100, 9_999))),
            Scope(products=frozenset([code])),
        )
        for code in codes
    ]
    made.append(Rule("vat", Stage.TAX, TaxRate(1_600)))
    for number in range(count - len(made)):
        product = frozenset([pick.choice(codes)])
        if number % 2:
            scope = Scope(products=product, customers=frozenset([f"U{number % (count // 4)}"]))
            change, stage = UnitPrice(pick.randint(90, 9_000)), Stage.CUSTOMER
            made.append(Rule(f"r{number}", stage, change, scope, priority=number % 1_000))
        else:
            tiers = Tiers((Tier(10, Percent(-300)), Tier(50, Percent(-800))))
            scope = Scope(products=product, groups=frozenset([f"G{number % (count // 20)}"]))
            made.append(Rule(f"r{number}", Stage.VOLUME, tiers, scope))
    products = tuple(Product(code, f"C{at % 20}") for at, code in enumerate(codes))
    return Published(Terms("KES"), products, tuple(made))


def baskets(count: int, seed: int = 2) -> list[tuple[Buyer, list[Wanted]]]:
    """Baskets of 20 lines, of customers and groups that rules name."""
    pick = random.Random(seed)
    return [
        (
            Buyer(AT, f"U{pick.randrange(250)}", (f"G{pick.randrange(50)}",)),
            [Wanted(f"P{pick.randrange(PRODUCTS)}", pick.randint(1, 60)) for _ in range(LINES)],
        )
        for _ in range(count)
    ]


def by_looking_at_all(said: Published, buyer: Buyer, wanted: list[Wanted]) -> int:
    """What the same rules make of a basket the straightforward way: each line asks each rule
    whether it is for it, and the best of each stage is taken. The total of the lines, before tax;
    as far as `published` makes rules, and no further."""
    total_minor = 0
    for one in wanted:
        mine = [rule for rule in said.rules if _is_for(rule, buyer, one)]
        mine.sort(key=lambda rule: (-rule.priority, rule.id))
        amount_minor = 0
        for stage in (Stage.LIST, Stage.CUSTOMER):
            for rule in mine:
                if rule.stage is stage and isinstance(rule.change, UnitPrice):
                    amount_minor = rule.change.price_minor * one.quantity
                    break
        amounts = [amount_minor]
        for rule in mine:
            if isinstance(rule.change, Tiers):
                amounts.append(_in_tiers(rule.change, amount_minor, one.quantity))
        total_minor += min(amounts)
    return total_minor


def _is_for(rule: Rule, buyer: Buyer, one: Wanted) -> bool:
    scope, window = rule.scope, rule.window
    return (
        (not scope.products or one.product in scope.products)
        and (not scope.customers or buyer.customer in scope.customers)
        and (not scope.groups or not scope.groups.isdisjoint(buyer.groups))
        and (not scope.regions or buyer.region in scope.regions)
        and (not scope.channels or buyer.channel in scope.channels)
        and (window.starts_at is None or window.starts_at <= buyer.at)
        and (window.ends_at is None or buyer.at < window.ends_at)
    )


def _in_tiers(tiers: Tiers, amount_minor: int, quantity: int) -> int:
    for tier in reversed(tiers.tiers):
        if quantity >= tier.minimum and isinstance(tier.change, Percent):
            points = 10_000 + tier.change.basis_points
            return (2 * amount_minor * points + 10_000) // 20_000
    return amount_minor


def _lines_per_s(book: PriceBook, asked_for: list[tuple[Buyer, list[Wanted]]]) -> float:
    began = time.process_time()
    for buyer, wanted in asked_for:
        price(book, buyer, wanted)
    return len(asked_for) * LINES / (time.process_time() - began)


def growing() -> dict[str, Any]:
    """Lines a second by the number of rules, in turns; and what a rule takes."""
    asked_for = baskets(BASKETS)
    books, memory = {}, {}
    for count in RULES:
        said = published(count)
        tracemalloc.start()
        books[count] = PriceBook(said)
        memory[count] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        del said
    speeds: dict[int, list[float]] = {count: [] for count in RULES}
    for _ in range(TURNS):
        for count, book in books.items():
            speeds[count].append(_lines_per_s(book, asked_for))
    first, last = speeds[RULES[0]], speeds[RULES[-1]]
    slower = [one / other for one, other in zip(first, last, strict=True)]
    return {
        "lines_per_s": {count: round(statistics.median(found)) for count, found in speeds.items()},
        "time_of_a_line_with_most_rules_to_fewest": round(statistics.median(slower), 3),
        "bytes_per_rule": {count: round(size / count) for count, size in memory.items()},
    }


def beside_a_loop() -> dict[str, Any]:
    """The straightforward way on the same baskets, in turns."""
    found = {}
    for count, share in zip(RULES[:2], (10, 50), strict=True):
        said, asked_for = published(count), baskets(BASKETS // share)
        book = PriceBook(said)
        for buyer, wanted in asked_for:
            assert price(book, buyer, wanted).amount_minor == by_looking_at_all(said, buyer, wanted)
        ratios = []
        for _ in range(TURNS):
            began = time.process_time()
            for buyer, wanted in asked_for:
                by_looking_at_all(said, buyer, wanted)
            loop_s = time.process_time() - began
            ratios.append(loop_s * _lines_per_s(book, asked_for) / (len(asked_for) * LINES))
        found[count] = round(statistics.median(ratios), 1)
    return {"times_as_fast_by_rules": found}


def over_http() -> dict[str, Any]:
    """20 lines a request, and 50 baskets of 20 lines a request, at two web processes."""
    with own_servers() as servers, _a_shop(Builder(servers)) as (settings, key):
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        made = [
            {"items": [{"product": it.product, "quantity": it.quantity} for it in wanted]}
            for _, wanted in baskets(50)
        ]
        many = json.dumps({"baskets": made, "explain": False})
        bodies = [json.dumps(one) for one in made]

        def ask_one(connection: http.client.HTTPConnection) -> None:
            _post(connection, "/api/v1/prices/calculate", random.choice(bodies), headers)

        def ask_many(connection: http.client.HTTPConnection) -> None:
            _post(connection, "/api/v1/prices/bulk-calculate", many, headers)

        with webs((settings, ("app.cli", "web"))) as started:
            port = started[0].port
            for ask in (ask_one, ask_many):
                asked(port, ask, for_s=1.0, callers=2)  # warm, and compiled
            took = asked(port, ask_one, for_s=PATIENCE_S, callers=2)
            began = time.monotonic()
            bulk = asked(port, ask_many, for_s=PATIENCE_S, callers=4)
            lines = len(bulk) * len(made) * LINES / (time.monotonic() - began)
    return {
        "baskets": len(took),
        "p50_ms": percentile_ms(took, 0.5),
        "p99_ms": percentile_ms(took, 0.99),
        "bulk_lines_per_s": round(lines),
    }


def _post(
    connection: http.client.HTTPConnection, path: str, body: str, headers: dict[str, str]
) -> None:
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == http.client.OK, said[:200]


@contextlib.contextmanager
def _a_shop(builder: Builder) -> Iterator[tuple[Any, str]]:
    """The demo's trader with 1,000 rules, and a program's key."""
    database = Database(builder.bare.database_url)
    with contextlib.closing(database):
        manifest = read_folder(FOLDER, demo=True)
        apply(database, builder.keys, manifest, rules(demo=True))
        with database.transaction(manifest.id) as tx:
            publish(tx, published(RULES[0]), "the bench")
            key = api_keys.issue(
                *(tx, builder.keys, manifest.id, "bench", ("prices:read",)), by="operator bench"
            )
        yield builder.bare, key


MEASURES: Final = (growing, beside_a_loop, over_http)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.option("--only", type=click.Choice([one.__name__ for one in MEASURES]), help="One of them.")
def main(as_json: bool, only: str | None) -> None:
    """Measure prices."""
    found: dict[str, Any] = {
        "machine": {
            "cpus": os.cpu_count(),
            "load_before": os.getloadavg()[0],
            "python": platform.python_version(),
        }
    }
    for measure in MEASURES:
        if only in (None, measure.__name__):
            found[measure.__name__] = measure()
            if not as_json:
                click.echo(f"{measure.__name__}: {found[measure.__name__]}")
    if as_json:
        click.echo(json.dumps(found, indent=1))


if __name__ == "__main__":
    sys.exit(main())
