"""Goods for shops."""

from app.domains.domain import Domain, Sections
from core.orders import personal, retention


def _sections() -> Sections:
    from core.orders.manifest import PRICES, PRODUCTS

    return (PRODUCTS, PRICES)


DOMAIN = Domain(
    name="orders",
    retention=retention.RETENTION,
    personal=personal.PERSONAL,
    sections=_sections,
    endpoints=("app.api.resources.prices",),
)
