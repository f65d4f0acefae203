"""What must be true of stock and of orders, over all tenants."""

from core.money.verify import Check
from core.orders.lifecycle import HOLDS_STOCK

CHECKS = (
    Check(
        "stock_matches_movements",
        "what lies in a warehouse is the sum of what came in and went out",
        "SELECT s.tenant_id, s.warehouse, s.product FROM stock s LEFT JOIN (SELECT tenant_id,"
        " warehouse, product, sum(quantity) AS total FROM stock_movement GROUP BY 1, 2, 3) m"
        " ON m.tenant_id = s.tenant_id AND m.warehouse = s.warehouse AND m.product = s.product"
        " WHERE s.on_hand <> coalesce(m.total, 0)",
    ),
    Check(
        "stock_is_promised_to_orders",
        "what is reserved is what open orders ask for, unit by unit",
        "SELECT coalesce(s.tenant_id, o.tenant_id), coalesce(s.warehouse, o.warehouse),"
        " coalesce(s.product, o.product) FROM (SELECT * FROM stock WHERE reserved <> 0) s FULL JOIN"
        " (SELECT o.tenant_id, o.warehouse, l.product, sum(l.quantity) AS total FROM shop_order o"
        "  JOIN shop_order_line l ON l.tenant_id = o.tenant_id AND l.order_id = o.id"
        f"  WHERE o.{HOLDS_STOCK} GROUP BY 1, 2, 3) o"
        " ON o.tenant_id = s.tenant_id AND o.warehouse = s.warehouse AND o.product = s.product"
        " WHERE s.reserved IS DISTINCT FROM o.total",
    ),
    Check(
        "deliveries_left_the_warehouse",
        "the units that an order delivered are those that left for it",
        "SELECT o.tenant_id, o.id FROM shop_order o LEFT JOIN (SELECT tenant_id, order_id,"
        " sum(delivered) AS total FROM shop_order_line GROUP BY 1, 2) l"
        " ON l.tenant_id = o.tenant_id AND l.order_id = o.id LEFT JOIN (SELECT tenant_id, order_id,"
        " -sum(quantity) AS total FROM stock_movement WHERE order_id IS NOT NULL GROUP BY 1, 2) m"
        " ON m.tenant_id = o.tenant_id AND m.order_id = o.id"
        " WHERE coalesce(l.total, 0) <> coalesce(m.total, 0)",
    ),
    Check(
        "orders_match_ledger",
        "an invoiced order has one invoice of what was delivered, and payments of what was paid;"
        " a settled one owes nothing",
        "SELECT o.tenant_id, o.id FROM shop_order o LEFT JOIN (SELECT e.tenant_id,"
        "  (e.detail ->> 'order')::uuid AS order_id,"
        "  sum(p.amount_minor) FILTER (WHERE e.kind = 'order_invoice') AS invoiced,"
        "  sum(p.amount_minor) FILTER (WHERE e.kind = 'order_payment') AS paid"
        "  FROM entry e JOIN posting p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id"
        "   AND p.amount_minor > 0"
        "  WHERE e.kind IN ('order_invoice', 'order_payment') GROUP BY 1, 2) b"
        " ON b.tenant_id = o.tenant_id AND b.order_id = o.id LEFT JOIN (SELECT tenant_id, order_id,"
        "  sum(invoice_minor) AS paid, sum(late_fee_minor) AS fees FROM credit_repayment"
        "  GROUP BY 1, 2) c ON c.tenant_id = o.tenant_id AND c.order_id = o.id"
        " WHERE coalesce(b.paid, 0) + coalesce(c.paid, 0) <> o.paid_minor"
        " OR coalesce(c.fees, 0) <> o.late_fee_paid_minor OR coalesce(b.invoiced, 0)"
        "  <> CASE WHEN o.state IN ('invoiced', 'settled') THEN o.delivered_minor ELSE 0 END"
        " OR (o.state = 'settled' AND o.paid_minor <> o.delivered_minor)",
    ),
    Check(
        "shops_owe_their_invoices",
        "what a shop owes in the books is what its invoices leave to pay",
        "SELECT a.tenant_id, a.id FROM account a LEFT JOIN (SELECT tenant_id, account_id,"
        " sum(amount_minor) AS total FROM posting GROUP BY 1, 2) p"
        " ON p.tenant_id = a.tenant_id AND p.account_id = a.id LEFT JOIN (SELECT tenant_id,"
        " subscriber_id, currency, sum(delivered_minor - paid_minor) AS total FROM shop_order"
        " WHERE state = 'invoiced' GROUP BY 1, 2, 3) o ON o.tenant_id = a.tenant_id"
        " AND o.subscriber_id = a.owner_id AND o.currency = a.currency"
        " WHERE a.kind = 'receivable' AND coalesce(p.total, 0) <> -coalesce(o.total, 0)",
    ),
    Check(
        "late_fees_are_owed",
        "what a shop owes for being late is what was charged and not paid",
        "SELECT coalesce(a.tenant_id, o.tenant_id), coalesce(a.owner_id, o.subscriber_id) FROM"
        " (SELECT a.tenant_id, a.owner_id, sum(p.amount_minor) AS total FROM account a"
        "  JOIN posting p ON p.tenant_id = a.tenant_id AND p.account_id = a.id"
        "  WHERE a.kind = 'late_fees_owed' GROUP BY 1, 2 HAVING sum(p.amount_minor) <> 0) a"
        " FULL JOIN (SELECT tenant_id, subscriber_id,"
        "  sum(late_fee_minor - late_fee_paid_minor) AS total FROM shop_order"
        "  GROUP BY 1, 2 HAVING sum(late_fee_minor - late_fee_paid_minor) <> 0) o"
        " ON o.tenant_id = a.tenant_id AND o.subscriber_id = a.owner_id"
        " WHERE coalesce(a.total, 0) <> -coalesce(o.total, 0)",
    ),
    Check(
        "repayments_add_up",
        "what a payment of credit paid is what it went to, order by order",
        "SELECT e.tenant_id, e.id FROM entry e JOIN posting p ON p.tenant_id = e.tenant_id"
        " AND p.entry_id = e.id AND p.amount_minor > 0 LEFT JOIN (SELECT tenant_id, entry_id,"
        " sum(invoice_minor + late_fee_minor) AS total FROM credit_repayment GROUP BY 1, 2) c"
        " ON c.tenant_id = e.tenant_id AND c.entry_id = e.id WHERE e.kind = 'credit_repayment'"
        " GROUP BY 1, 2, c.total HAVING sum(p.amount_minor) <> coalesce(c.total, 0)",
    ),
    Check(
        "orders_hold_their_money",
        "an order that is paid from the wallet has its price set aside from its confirmation to its"
        " payment, and no longer",
        "SELECT o.tenant_id, o.id FROM shop_order o LEFT JOIN hold h"
        " ON h.tenant_id = o.tenant_id AND h.id = o.hold_id"
        " WHERE (o.state IN ('confirmed', 'assigned', 'picked', 'delivered', 'invoiced')"
        "  AND o.payment = 'wallet' AND o.total_minor > 0"
        "  AND (h.state IS DISTINCT FROM 'pending' OR h.amount_minor <> o.total_minor))"
        " OR (o.state IN ('settled', 'refused', 'cancelled', 'expired') AND h.state = 'pending')",
    ),
)
