"""The page of a USSD service."""

from menus.budget import Budget
from menus.limits import USSD_SEPTETS, USSD_SEPTETS_MAX, USSD_UCS2_UNITS, USSD_UCS2_UNITS_MAX


def ussd_budget(
    septets: int = USSD_SEPTETS, *, ucs2: bool = False, ucs2_units: int = USSD_UCS2_UNITS
) -> Budget:
    """The budget of a service: 160 septets unless it is set otherwise, and with `ucs2` 70 units.

    A network's help page may promise more than one USSD string can carry (184): 182 septets and 80
    units are the most, and a network that cuts the septets cuts the units with them. Raises
    ValueError below the least that a page can be laid out in.
    """
    units = min(ucs2_units, USSD_UCS2_UNITS_MAX, septets // 2) if ucs2 else 0
    return Budget(min(septets, USSD_SEPTETS_MAX), units)
