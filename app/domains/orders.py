"""Goods for shops: what they cost, where they lie, and what became of an order."""

from app.domains.domain import Domain, Sections
from checks import orders as samples
from core.orders import checks, figures, lifecycle, messages, personal, publishing, retention
from core.orders.credit import messages as credit_messages
from core.orders.credit.applying import APPLICATION
from core.orders.credit.repaying import REPAY_CREDIT
from core.orders.paying import PAY_ORDER
from flows.orders.entries import ENTRIES
from flows.orders.order_status import OrderStatus
from flows.orders.pay_order import PayOrder
from flows.orders.place_order import PlaceOrder
from flows.orders.repay_credit import RepayCredit
from flows.orders.shop_balance import ShopBalance
from flows.orders.trade_credit import TradeCredit
from workers.schedule import orders as schedule


def _sections() -> Sections:
    from core.orders.credit.manifest import CREDIT
    from core.orders.manifest import PRICES, PRODUCTS
    from core.orders.stock_entries import STOCK

    return (PRODUCTS, PRICES, STOCK, CREDIT)


DOMAIN = Domain(
    name="orders",
    flows=(PlaceOrder, OrderStatus, ShopBalance, PayOrder, TradeCredit, RepayCredit),
    operations=(PAY_ORDER, REPAY_CREDIT),
    entries=ENTRIES,
    messages=(*messages.MESSAGES, *credit_messages.MESSAGES),
    checks=checks.CHECKS,
    approvals=(publishing.PUBLISH,),
    lifecycles=(lifecycle.ORDER, APPLICATION),
    figures=figures.FIGURES,
    retention=retention.RETENTION,
    personal=personal.PERSONAL,
    tasks=schedule.TASKS,
    sections=_sections,
    samples=samples.SAMPLES,
    pages=("app.console.orders.page",),
    endpoints=("app.api.resources.prices", "app.api.resources.orders"),
)
