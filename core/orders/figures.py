"""Goods that run low."""

from typing import Final

from core.metrics.figures import TENANT, Figure

FIGURES: Final = (
    Figure(
        "piga_stock_low",
        "Products of a warehouse with no more than the level at which to order again.",
        (TENANT, "warehouse"),
        "SELECT tenant_id, warehouse, count(*) FILTER (WHERE reorder_at > 0"
        " AND on_hand - reserved <= reorder_at) FROM stock GROUP BY 1, 2",
    ),
)
