"""A trader's day: shops order, workers bring, money comes, and things go wrong all along.

Everything is drawn from a seed. Shops ask for prices, order for cash, from the wallet or on credit,
cancel, pay and pay back; workers pick and hand over whole, short, with another product, or nothing.
Among them: prices change between quote and order, goods run out, wallets are too empty, quotes
expire, deliveries and payments are said twice, and connections are killed before their COMMIT at
every step. At the end the goods, the money and the orders must agree to the unit.
"""

import contextlib
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.db.database import Database, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.money import ledger
from core.money.errors import InsufficientFunds
from core.orders import billing, delivering, orders, placing, prices, quotes, stock
from core.orders.credit import applying
from core.orders.credit.errors import CreditError
from core.orders.delivering import Handed
from core.orders.errors import (
    MoreThanOwed,
    NotSold,
    OrderGone,
    OutOfStock,
    QuoteExpired,
    TooLateToCancel,
)
from core.orders.orders import Order
from core.orders.prices import Purchase
from core.pricing.basket import Wanted
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
from tests.support.credit import TERMS, offer_credit
from tests.support.domains import verify
from tests.support.tenants import CURRENCY, Tenant

T = TypeVar("T")
ZONE = ZoneInfo("Africa/Kigali")
WAREHOUSES = ("NBO", "MSA")
REFUSALS = (
    *(OutOfStock, QuoteExpired, NotSold, OrderGone, TooLateToCancel, MoreThanOwed),
    *(InsufficientFunds, CreditError),
)


@dataclass
class Day:
    """What has happened. `counts` are by what was done or refused."""

    counts: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    twice: int = 0
    checks: int = 0
    broken: list[str] = field(default_factory=list)
    stock_units: tuple[int, int, int] = (0, 0, 0)
    money_minor: int = 0
    seconds: float = 0.0

    def rows(self) -> list[tuple[str, str]]:
        """As a page has them."""
        opened, left, lies = self.stock_units
        rows = [(name, f"{count:,}") for name, count in sorted(self.counts.items())]
        return [
            *rows,
            ("connections killed before their COMMIT", f"{self.kills:,}"),
            ("said twice", f"{self.twice:,}"),
            ("units that lay there, left, and lie there now", f"{opened:,} - {left:,} = {lies:,}"),
            ("sum of all accounts", f"{self.money_minor:,}"),
            ("faults in the books", ", ".join(self.broken) or "none"),
        ]


class Trade:
    """The simulation. One thread; what is drawn is the same for a seed."""

    def __init__(self, tenant: Tenant, *, shops: int, products: int, workers: int, seed: int):
        self.tenant, self.draw, self.day = tenant, random.Random(seed), Day()
        self.products = [f"P{number:03}" for number in range(products)]
        self.workers = [f"worker {number}" for number in range(workers)]
        self.shops = [tenant.person() for _ in range(shops)]
        self.open: list[Order] = []
        self.opening = 0

    def run(self, orders_each: float) -> Day:
        """Open, trade and close the day."""
        began = time.monotonic()
        self._open_day()
        steps = int(len(self.shops) * orders_each)
        acts = (
            *((self._order,) * 5, (self._assign,) * 5, (self._pick,) * 5, (self._deliver,) * 5),
            *((self._pay,) * 4, (self._cancel,), (self._change_prices,), (self._receive,)),
            (self._apply,) * 2,
        )
        flat = [act for group in acts for act in group]
        for number in range(steps * 6):
            self.draw.choice(flat)()
            if number % 40 == 0:
                self._clock()
        self._close_day()
        self.day.seconds = time.monotonic() - began
        return self.day

    # -- the day's beginning and end ---------------------------------------------------------------

    def _open_day(self) -> None:
        admin, tenant_id = self.tenant.admin, self.tenant.tenant_id
        for position, code in enumerate(self.products):
            admin.execute(
                "INSERT INTO product (tenant_id, code, category, position, names, units)"
                """ VALUES (%s, %s, %s, %s, '{"en": "Goods"}', '{"en": "carton"}')""",
                (tenant_id, code, f"c{position % 8}", position),
            )
        for position, code in enumerate(WAREHOUSES):
            admin.execute(
                "INSERT INTO warehouse (tenant_id, code, position, name, regions)"
                " VALUES (%s, %s, %s, %s, %s)",
                (tenant_id, code, position, code, [] if not position else ["Coast"]),
            )
        for shop in self.shops[::4]:
            admin.execute(
                "INSERT INTO shop (tenant_id, subscriber_id, region, price_groups)"
                " VALUES (%s, %s, 'Coast', '{wholesale}')",
                (tenant_id, shop),
            )
        with self.tenant.tx() as tx:
            for warehouse in WAREHOUSES:
                for code in self.products:
                    opening = self.draw.choice((0, 20, 60, 200, 600))
                    self.opening += opening
                    stock.open_row(tx, warehouse, code, opening=opening, reorder_at=5)
        self._change_prices()
        offer_credit(self.tenant, TERMS)
        for shop in self.shops:
            if self.draw.random() < 0.6:
                account = ledger.account_id(shop, ledger.WALLET, CURRENCY)
                self.tenant.fund(account, self.draw.randint(1, 60) * 500)
            if self.draw.random() < 0.4:
                admin.execute(
                    "INSERT INTO trade_credit (tenant_id, subscriber_id, limit_minor, currency,"
                    " days) VALUES (%s, %s, %s, %s, 14)",
                    (tenant_id, shop, self.draw.randint(20, 400) * 500, CURRENCY),
                )

    def _close_day(self) -> None:
        """Whoever still brings goods brings them; what waits for the clock goes on."""
        for state, act in (
            ("confirmed", self._assign),
            ("assigned", self._pick),
            ("picked", self._deliver),
        ):
            for _ in range(3 * len(self.open) + 3):
                if not any(order.state == state for order in self.open):
                    break
                act()
        self.tenant.admin.execute(
            "UPDATE shop_order SET reserved_until = now() - interval '1 second'"
            " WHERE tenant_id = %s AND state = 'reserved'",
            (self.tenant.tenant_id,),
        )
        for _ in range(50):
            if not self._clock():
                break
        self.look()
        one = self.tenant.admin.execute(
            "SELECT coalesce(sum(on_hand), 0)::bigint, coalesce(sum(reserved), 0)::bigint"
            " FROM stock WHERE tenant_id = %s",
            (self.tenant.tenant_id,),
        ).fetchone()
        left = self.tenant.admin.execute(
            "SELECT coalesce(sum(l.delivered), 0)::bigint FROM shop_order_line l"
            " WHERE l.tenant_id = %s",
            (self.tenant.tenant_id,),
        ).fetchone()
        sums = self.tenant.admin.execute(
            "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting WHERE tenant_id = %s",
            (self.tenant.tenant_id,),
        ).fetchone()
        assert one is not None
        assert left is not None
        assert sums is not None
        assert one[1] == 0, "nothing is promised any more"
        assert self.opening - left[0] == one[0]
        self.day.stock_units = (self.opening, left[0], one[0])
        self.day.money_minor = sums[0]

    def look(self) -> None:
        """All checks of the books."""
        self.day.checks += 1
        found = verify(self.tenant.urls.verify_url).checks
        self.day.broken += [one.name for one in found if not one.ok]

    # -- what people do ----------------------------------------------------------------------------

    def _order(self) -> None:
        shop = self.draw.choice(self.shops)
        payment = self.draw.choice(("cash", "wallet", "credit"))
        basket = [
            Wanted(code, self.draw.choice((1, 1, 2, 5, 12)))
            for code in self.draw.sample(self.products, min(3, len(self.products)))
        ]
        quote = self._do(
            "prices asked",
            lambda tx: quotes.promise(tx, Purchase(shop, channel="ussd"), basket, zone=ZONE),
        )
        if quote is None:
            return
        if self.draw.random() < 0.1:
            self._change_prices()  # between the price and the order: the promise holds
        if self.draw.random() < 0.05:
            self.tenant.admin.execute(
                "UPDATE price_quote SET created_at = now() - interval '1 hour',"
                " expires_at = now() - interval '1 second' WHERE id = %s",
                (quote.id,),
            )

        def buy(tx: Tx) -> Order:
            order = placing.place(tx, quote.id, shop, payment=payment, channel="ussd")
            if self.draw.random() < 0.05:
                return order  # it is never confirmed, and expires
            confirmed = placing.confirm(tx, order.id)
            assert confirmed.total_minor == quote.priced.total_minor, "as it was promised"
            return confirmed

        order = self._do(f"ordered, {payment}", buy)
        if order is not None and order.state == "confirmed":
            self.open.append(order)

    def _assign(self) -> None:
        worker = self.draw.choice(self.workers)
        self._step(
            "assigned",
            "confirmed",
            lambda tx, id: delivering.assign(tx, id, deliverer=worker, actor=worker),
        )

    def _pick(self) -> None:
        self._step("picked", "assigned", lambda tx, id: delivering.pick(tx, id, actor="store"))

    def _deliver(self) -> None:
        kind = self.draw.choice(("whole", "whole", "whole", "short", "other product", "nothing"))

        def hand_over(tx: Tx, id: uuid.UUID) -> Order:
            lines = orders.lines(tx, id)
            handed = []
            for line in lines:
                if kind == "nothing":
                    handed.append(Handed(line.number, 0))
                elif kind == "short":
                    handed.append(Handed(line.number, line.quantity // 2))
                elif kind == "other product" and line.number == 1:
                    other = self.draw.choice(self.products)
                    handed.append(Handed(1, line.quantity, "" if other == line.product else other))
            return delivering.deliver(tx, id, handed, actor="worker")

        self._step(f"handed over, {kind}", "picked", hand_over)

    def _pay(self) -> None:
        """A shop pays in cash, at once or in two; sometimes the same receipt is said again."""
        shop = self.draw.choice(self.shops)
        with self.tenant.tx() as tx:
            found = orders.to_pay(tx, shop)
        if not found:
            return
        order = self.draw.choice(found)
        amount = max(1, self.draw.choice((order.owed_minor, order.owed_minor // 2)))
        key = uuid.UUID(int=self.draw.getrandbits(128)).hex
        for _ in range(1 + (self.draw.random() < 0.2)):
            self._do(
                "paid in cash",
                lambda tx: billing.take_cash(tx, order.id, amount, key=key, actor="worker"),
            )
            self.day.twice += 1 if _ else 0

    def _cancel(self) -> None:
        if not self.open:
            return
        order = self.draw.choice(self.open)
        self._do("cancelled", lambda tx: placing.cancel_by_shop(tx, order.id, order.subscriber_id))
        self._refresh(order)

    def _receive(self) -> None:
        warehouse, code = self.draw.choice(WAREHOUSES), self.draw.choice(self.products)
        quantity = self.draw.randint(1, 40)

        def receive(tx: Tx) -> bool:
            stock.receive(tx, warehouse, code, quantity, actor="store")
            return True

        done = self._do("goods came in", receive)
        if done:
            self.opening += quantity

    def _apply(self) -> None:
        shop = self.draw.choice(self.shops)
        self._do("credit asked for", lambda tx: applying.apply(tx, shop))

    def _change_prices(self) -> None:
        rules = [Rule("vat", Stage.TAX, TaxRate(1_600))]
        for code in self.products:
            scope = Scope(products=frozenset([code]))
            unit = UnitPrice(self.draw.randint(20, 900) * 5)
            rules.append(Rule(f"list.{code}", Stage.LIST, unit, scope))
        whole = Scope(groups=frozenset(["wholesale"]))
        rules += [
            Rule("wholesale", Stage.CUSTOMER, Percent(-300), whole),
            Rule("dozen", Stage.VOLUME, Tiers((Tier(12, Percent(-500)),))),
        ]
        products = tuple(
            Product(code, f"c{number % 8}") for number, code in enumerate(self.products)
        )
        published = Published(Terms(CURRENCY, tax_included=True), products, tuple(rules))
        self._do("prices published", lambda tx: prices.publish(tx, published, "the day"))

    # -- how it is done ----------------------------------------------------------------------------

    def _step(self, name: str, state: str, act: Callable[[Tx, uuid.UUID], Order]) -> None:
        waiting = [order for order in self.open if order.state == state]
        if not waiting:
            return
        order = self.draw.choice(waiting)
        self._do(name, lambda tx: act(tx, order.id))
        self._refresh(order)

    def _refresh(self, order: Order) -> None:
        with self.tenant.tx() as tx:
            now = orders.get(tx, order.id)
        self.open[self.open.index(order)] = now
        if now.state in ("cancelled", "refused", "delivered", "invoiced", "settled"):
            self.open.remove(now)

    def _do(self, name: str, act: Callable[[Tx], T]) -> T | None:
        """Do it; now and then the connection is killed before its COMMIT, and it is done again.
        None where it was refused."""
        if self.draw.random() < 0.04:
            self._killed(act)
        try:
            with self.tenant.tx() as tx:
                done = act(tx)
        except REFUSALS as refused:
            self.day.counts[f"refused: {refused.code.replace('_', ' ')}"] += 1
            return None
        self.day.counts[name] += 1
        return done

    def _killed(self, act: Callable[[Tx], object]) -> None:
        """The same, with a connection that ends just before its COMMIT: nothing of it stays. What
        it draws is drawn again, so that it is the same act."""
        state, killed = self.draw.getstate(), Database(self.tenant.urls.database_url)
        try:
            with (
                contextlib.suppress(Unavailable, OutcomeUnknown, *REFUSALS),
                killed.transaction(self.tenant.tenant_id) as tx,
            ):
                act(tx)
                row = tx.one("SELECT pg_backend_pid()")
                assert row is not None
                self.tenant.admin.execute("SELECT pg_terminate_backend(%s, 5000)", (row[0],))
                self.day.kills += 1
                tx.one("SELECT 1")
        finally:
            killed.close()
            self.draw.setstate(state)

    def _clock(self) -> int:
        relay = Database(self.tenant.urls.relay_url)
        try:
            taken = billing.go_on(self.tenant.database, relay)
        finally:
            relay.close()
        self.day.counts["steps of the clock"] += taken
        return taken


def simulate(
    tenant: Tenant, *, shops: int, products: int, workers: int, seed: int, orders_each: float = 1.0
) -> Day:
    """A day of so many shops. Raises AssertionError where a sum is not what it must be."""
    trade = Trade(tenant, shops=shops, products=products, workers=workers, seed=seed)
    return trade.run(orders_each)
