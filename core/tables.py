"""The tables of all of the core's domains, put together: importing this fills `metadata`."""

from core.agents import tables as _agents
from core.alarms import tables as _alarms
from core.analytics import tables as _analytics
from core.approvals import tables as _approvals
from core.audit import tables as _audit
from core.broadcasts import tables as _broadcasts
from core.clients import tables as _clients
from core.db.tables import metadata
from core.email import tables as _email
from core.events import tables as _events
from core.exports import tables as _exports
from core.fuel import sale_tables as _fuel_sales
from core.fuel import stock_tables as _fuel_stock
from core.fuel import tables as _fuel
from core.inbox import tables as _inbox
from core.loans import tables as _loans
from core.messaging import tables as _messaging
from core.money import tables as _money
from core.orders import order_tables as _ordering
from core.orders import tables as _orders
from core.orders.credit import tables as _trade_credit
from core.outbox import tables as _outbox
from core.payments import tables as _payments
from core.payments import text_tables as _texts
from core.people import tables as _people
from core.places import tables as _places
from core.rates import tables as _rates
from core.rides import paper_tables as _papers
from core.rides import tables as _rides
from core.savings import meeting_tables as _meetings
from core.savings import reminder_tables as _reminders
from core.savings import share_out_tables as _share_outs
from core.savings import tables as _savings
from core.savings import wish_tables as _wishes
from core.sign_in import tables as _sign_in
from core.staff import tables as _staff
from core.tenants import tables as _tenants

__all__ = ["metadata"]

DOMAINS = (
    _tenants,
    _people,
    _audit,
    _approvals,
    _staff,
    _money,
    _payments,
    _texts,
    _savings,
    _wishes,
    _share_outs,
    _meetings,
    _reminders,
    _loans,
    _places,
    _orders,
    _ordering,
    _trade_credit,
    _clients,
    _agents,
    _outbox,
    _inbox,
    _messaging,
    _sign_in,
    _broadcasts,
    _rates,
    _papers,
    _rides,
    _fuel,
    _fuel_sales,
    _fuel_stock,
    _events,
    _exports,
    _email,
    _analytics,
    _alarms,
)
