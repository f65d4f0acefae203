"""Goods for shops."""

from app.domains.domain import Domain, Sections
from core.orders import retention


def _sections() -> Sections:
    from core.orders.manifest import PRICES, PRODUCTS

    return (PRODUCTS, PRICES)


DOMAIN = Domain(
    name="orders",
    retention=retention.RETENTION,
    sections=_sections,
    endpoints=("app.api.resources.prices",),
)
