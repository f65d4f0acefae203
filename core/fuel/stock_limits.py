"""What is let pass between a tank's book and its dips: a dated rule of the tenant's."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from core.db.database import Tx
from core.fuel.wet_stock import Tolerances

_NAMES: Final = ("day_percent", "dip_mm", "month_percent", "month_l", "delivery_percent")


def to_data(limits: Tolerances) -> dict[str, str]:
    """As JSON."""
    return {name: f"{getattr(limits, name):f}" for name in _NAMES}


def from_data(data: Mapping[str, Any]) -> Tolerances:
    day, dip, month, month_l, delivery = (Decimal(data[name]) for name in _NAMES)
    return Tolerances(
        day_percent=day,
        dip_mm=dip,
        month_percent=month,
        month_l=month_l,
        delivery_percent=delivery,
    )


def in_force(tx: Tx, at: datetime) -> Tolerances:
    """The newest limits that hold at a time; the house's where the tenant has none."""
    row = tx.one(
        "SELECT terms FROM fuel_stock_limits WHERE tenant_id = current_tenant()"
        " AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1",
        (at,),
    )
    return from_data(row[0]) if row else Tolerances()
