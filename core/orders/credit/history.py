"""What a shop's orders and payments say of it."""

import uuid
from datetime import date

from core.db.database import Tx
from core.orders.credit.scorecard import History
from core.orders.credit.terms import CreditTerms

# An invoice without a day of its own (cash, wallet) is paid in time within so many days.
_PAID_WITHIN_DAYS = 3

_HISTORY = (
    "WITH theirs AS (SELECT o.*, s.created_at AS paid_at, i.created_at AS invoiced_at"
    "  FROM shop_order o"
    "  LEFT JOIN shop_order_step s ON s.tenant_id = o.tenant_id AND s.order_id = o.id"
    "   AND s.step = 'settle'"
    "  LEFT JOIN shop_order_step i ON i.tenant_id = o.tenant_id AND i.order_id = o.id"
    "   AND i.step = 'invoice'"
    "  WHERE o.tenant_id = current_tenant() AND o.subscriber_id = %(shop)s),"
    " recent AS (SELECT * FROM theirs WHERE created_at > now() - make_interval(days => %(days)s))"
    " SELECT coalesce((SELECT (%(today)s::date - min(paid_at)::date) / 30 FROM theirs"
    "  WHERE state = 'settled'), 0)::int,"
    " (SELECT count(*) FROM recent WHERE state = 'settled')::int,"
    " coalesce((SELECT 100 * count(*) FILTER (WHERE paid_at::date <= coalesce(due_on,"
    "  invoiced_at::date + %(within)s)) / nullif(count(*), 0) FROM recent"
    "  WHERE invoiced_at IS NOT NULL), 0)::int,"
    " coalesce((SELECT 100 * count(*) FILTER (WHERE state = 'refused' OR (state = 'cancelled'"
    "  AND reason = 'shop')) / nullif(count(*), 0) FROM recent), 0)::int,"
    " (SELECT count(*) FROM theirs WHERE state = 'invoiced'"
    "  AND coalesce(due_on, invoiced_at::date + %(within)s) < %(today)s)::int,"
    " coalesce((SELECT sum(paid_minor) * 30 / %(days)s FROM recent WHERE state = 'settled'),"
    "  0)::bigint"
)


def of_shop(tx: Tx, subscriber_id: uuid.UUID, terms: CreditTerms, today: date) -> History:
    """A shop's history over the terms' window."""
    row = tx.one(
        _HISTORY,
        {
            "shop": subscriber_id,
            "days": terms.window_days,
            "today": today,
            "within": _PAID_WITHIN_DAYS,
        },
    )
    assert row is not None
    months, paid, on_time, refused, overdue, spent_minor = row
    values = {
        "months_known": months,
        "orders_paid": paid,
        "on_time_percent": on_time,
        "refused_percent": refused,
        "overdue_now": overdue,
    }
    return History(values, int(spent_minor))
