"""How a sale to a customer's phone is paid: from the wallet, by mobile money, or in cash; and what
points pay of it.

The money is its dealer's, or the company's at a station of its own. What points pay, the company
gives the dealer. Cash changes hands at the pump: the books say what the station took.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from core.db.database import Tx
from core.fuel import points, sales
from core.fuel.errors import SaleOver, TooFewPoints
from core.fuel.lifecycle import SALE
from core.fuel.messages import FuelPaid, FuelSold, TakeFuelCash
from core.fuel.sales import OPERATION, Sale
from core.messaging.notices import write_notice
from core.money import agreed, intents, ledger
from core.money.day_limits import DayLimit
from core.money.errors import StillWaiting
from core.money.intents import Intent
from core.money.ledger import Line
from core.money.operations import PaidAtOnce, Quote, SettledLater
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money

SALE_ENTRY: Final = "fuel_sale"
CASH_ENTRY: Final = "fuel_cash_sale"
POINTS_ENTRY: Final = "fuel_points"
CASH_TAKEN: Final = "cash"
SALES: Final = "sales"
LOYALTY: Final = "loyalty"
_CASH, _WALLET = "cash", "wallet"


@dataclass(frozen=True, slots=True)
class Bought:
    """The customer's receipt. `points` is what the sale earned. `balance` is what the wallet then
    held; None where cash was paid, or where this only shows it again."""

    station: str
    volume: str
    product: str
    amount: Money
    fee: Money
    points: int
    reference: str
    balance: Money | None


def worth(tx: Tx, sale: Sale, today: date) -> tuple[int, Money]:
    """How many points of the customer's may pay of a sale now, and how much of it. 0 where too few
    are there."""
    rule = points.in_force(tx, clock.now())
    has = points.balance(tx, sale.customer_id, today)
    count = rule.usable(has, sale.amount.amount_minor)
    return count, Money(count * rule.worth_minor, sale.amount.currency)


class FuelSale(PaidAtOnce[Bought], SettledLater):
    """The fee, where the tenant asks one, comes on top of the amount."""

    name: ClassVar[str] = OPERATION
    receipt = Bought

    def quote(
        self, tenant: Tenant, sale: Sale, *, customer: str, points_used: int, discount: Money
    ) -> Quote:
        """`customer` is the name that the attendant is told."""
        left = Money(sale.amount.amount_minor - discount.amount_minor, discount.currency)
        return Quote(
            self.name,
            sale.id,
            left,
            Money(tenant.fee_minor(self.name, left.amount_minor), left.currency),
            is_fee_on_top=True,
            detail={
                "name": sale.station,
                "customer": customer,
                "points": points_used,
                "discount_minor": discount.amount_minor,
            },
        )

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Bought:
        """As `PaidAtOnce.pay`. Raises SaleOver and TooFewPoints, too; StillWaiting where a phone
        was asked."""
        limit_minor = tenant.limit_minor(self.name, "day_maximum", 0)
        intent, is_ours = intents.claim(
            tx,
            intent_id,
            subscriber_id,
            entry_id=uuid7(),
            within=DayLimit(tenant.today(), limit_minor) if limit_minor else None,
        )
        if intent.entry_id is None:
            raise StillWaiting
        if is_ours:
            return self._post(tx, tenant, intent, intent.entry_id)
        return _shown_again(tx, intent, intent.entry_id)

    def settle(self, tx: Tx, *, tenant: Tenant, intent: Intent) -> None:
        """As `SettledLater.settle`. Raises SaleOver and TooFewPoints, too."""
        entry_id = uuid7()
        self._post(tx, tenant, intent, entry_id)
        intents.finish(tx, intent.id, entry_id)

    def _post(self, tx: Tx, tenant: Tenant, intent: Intent, entry_id: uuid.UUID) -> Bought:
        sale = sales.locked(tx, intent.payee_id, intent.subscriber_id)
        taken = _Taken.of(intent)
        if taken.discount_minor + intent.amount_minor != sale.amount.amount_minor:
            raise SaleOver
        wallet = ledger.account_id(sale.customer_id, ledger.WALLET, intent.currency)
        posted = agreed.post(
            *(tx, intent),
            kind=SALE_ENTRY,
            given_id=wallet,
            taken_id=_takings(tx, tenant.id, sale),
            tenant_id=tenant.id,
            detail={**intent.quote, "sale": str(sale.id)},
            entry_id=entry_id,
        )
        earned = _finish(tx, tenant, sale, taken, payment=_WALLET, entry_id=entry_id)
        sold = FuelSold(
            customer=str(intent.quote["customer"]),
            amount=Money(intent.amount_minor, intent.currency),
            volume=sale.volume,
            product=sale.product_name,
            reference=posted.reference,
        )
        write_notice(tx, sale.attendant_id, sold, entry_id=entry_id)
        return Bought(
            *(sale.station, sale.volume, sale.product_name),
            Money(intent.amount_minor, intent.currency),
            Money(intent.fee_minor, intent.currency),
            *(earned, posted.reference, Money(posted.balances[wallet], intent.currency)),
        )


FUEL_SALE: Final = FuelSale()


def pay_in_cash(
    tx: Tx,
    keys: Keyring,
    tenant: Tenant,
    *,
    sale_id: uuid.UUID,
    customer_id: uuid.UUID,
    points_used: int,
    discount_minor: int,
) -> Bought:
    """The customer agrees, and pays the attendant, who is texted how much. Raises SaleOver,
    SaleBeingPaid, TooFewPoints."""
    sale = sales.locked(tx, sale_id, customer_id)
    sales.require_nothing_asked(tx, sale_id)
    owner = sale.dealer_id or tenant.id
    currency = sale.amount.currency
    left = Money(sale.amount.amount_minor - discount_minor, currency)
    entry_id = uuid7()
    posted = ledger.post(
        tx,
        key=f"fuel_sale:{sale_id}:cash",
        kind=CASH_ENTRY,
        lines=[
            Line(open_account(tx, owner, CASH_TAKEN, currency), -left.amount_minor),
            Line(open_account(tx, owner, SALES, currency), left.amount_minor),
        ],
        currency=currency,
        actor_id=customer_id,
        detail={"name": sale.station, "sale": str(sale_id), "fee_minor": 0},
        entry_id=entry_id,
    )
    taken = _Taken(points_used, discount_minor)
    earned = _finish(tx, tenant, sale, taken, payment=_CASH, entry_id=entry_id)
    told = TakeFuelCash(
        amount=left,
        customer=sales.name_of(tx, keys, customer_id),
        volume=sale.volume,
        product=sale.product_name,
        reference=posted.reference,
    )
    write_notice(tx, sale.attendant_id, told, entry_id=entry_id)
    bought = (sale.station, sale.volume, sale.product_name, left)
    return Bought(*bought, Money(0, currency), earned, posted.reference, None)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What points pay of a sale."""

    points: int
    discount_minor: int

    @classmethod
    def of(cls, intent: Intent) -> "_Taken":
        return cls(int(intent.quote["points"]), int(intent.quote["discount_minor"]))


_PAID: Final = SALE.advance(
    "pay",
    sets="ended_at = now(), payment = %s, entry_id = %s, discount_minor = %s, points_used = %s,"
    " points_earned = %s",
    where="id = %s",
    returning="1",
)


def _finish(
    tx: Tx, tenant: Tenant, sale: Sale, taken: _Taken, *, payment: str, entry_id: uuid.UUID
) -> int:
    """The sale is paid: its points are used and earned, and the customer has a receipt. Answers
    what it earned."""
    today = tenant.today()
    rule = points.in_force(tx, clock.now())
    if taken.points:
        if taken.points * rule.worth_minor != taken.discount_minor:
            raise TooFewPoints  # the rule has changed since it was shown
        points.use(tx, sale.customer_id, taken.points, today)
        _give_discount(tx, tenant, sale, taken)
    earned = rule.earned(sale.product, sale.volume_cl)
    marked = (payment, entry_id, taken.discount_minor, taken.points, earned, sale.id)
    if tx.one(_PAID, marked) is None:
        raise SaleOver
    points.earn(
        tx,
        sale_id=sale.id,
        subscriber_id=sale.customer_id,
        points=earned,
        expires_on=points.ends(today, rule.months),
    )
    told = FuelPaid(
        station=sale.station,
        volume=sale.volume,
        product=sale.product_name,
        amount=Money(sale.amount.amount_minor - taken.discount_minor, sale.amount.currency),
        points=earned,
        reference=reference_of(entry_id),
    )
    write_notice(tx, sale.customer_id, told, entry_id=entry_id)
    return earned


def _give_discount(tx: Tx, tenant: Tenant, sale: Sale, taken: _Taken) -> None:
    """What points pay, the company gives who sold the fuel."""
    currency = sale.amount.currency
    ledger.post(
        tx,
        key=f"fuel_sale:{sale.id}:points",
        kind=POINTS_ENTRY,
        lines=[
            Line(open_account(tx, tenant.id, LOYALTY, currency), -taken.discount_minor),
            Line(_takings(tx, tenant.id, sale), taken.discount_minor),
        ],
        currency=currency,
        actor_id=sale.customer_id,
        detail={"name": sale.station, "sale": str(sale.id), "fee_minor": 0},
    )


def _takings(tx: Tx, tenant_id: uuid.UUID, sale: Sale) -> uuid.UUID:
    """Whose the money is: the dealer's wallet, or the company's sales."""
    if sale.dealer_id is not None:
        return open_account(tx, sale.dealer_id, ledger.WALLET, sale.amount.currency)
    return open_account(tx, tenant_id, SALES, sale.amount.currency)


def open_account(tx: Tx, owner_id: uuid.UUID, kind: str, currency: str) -> uuid.UUID:
    """An account of that kind of an owner's, which is there from now on."""
    id = ledger.account_id(owner_id, kind, currency)
    ledger.open_account(tx, id=id, kind=kind, currency=currency, owner_id=owner_id)
    return id


def _shown_again(tx: Tx, intent: Intent, entry_id: uuid.UUID) -> Bought:
    row = tx.one(
        "SELECT s.name, f.volume_cl, p.unit, p.name, f.points_earned FROM fuel_sale f"
        " JOIN fuel_station s ON s.tenant_id = f.tenant_id AND s.id = f.station_id"
        " JOIN fuel_product p ON p.tenant_id = f.tenant_id AND p.key = f.product"
        " WHERE f.tenant_id = current_tenant() AND f.id = %s",
        (intent.payee_id,),
    )
    assert row is not None, "it was paid"
    station, volume_cl, unit, product, earned = row
    return Bought(
        *(station, sales.in_words(volume_cl, unit), product),
        Money(intent.amount_minor, intent.currency),
        Money(intent.fee_minor, intent.currency),
        *(earned, reference_of(entry_id), None),
    )
