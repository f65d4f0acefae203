"""Litres at 15 °C: the factor by which a volume of a refined product is corrected.

ASTM D1250-80, table 54B. Later editions round otherwise: what is corrected names this one.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

EDITION: Final = "ASTM D1250-80 table 54B"
_STANDARD_C: Final = 15.0
_PLACES: Final = Decimal("0.00001")
_DENSITIES: Final = (Decimal(653), Decimal(1075))
_TEMPERATURES_C: Final = (Decimal(-18), Decimal(95))
# Bands of the density at 15 °C in kg/m³, each up to its end, with K0 and K1.
_BANDS: Final = (
    (770.5, 346.4228, 0.4388),
    (787.5, None, None),
    (839.0, 594.5418, 0.0),
    (math.inf, 186.9696, 0.4862),
)
_TRANSITION: Final = (-0.00336312, 2680.3206)


class NotInTable(Exception):
    """A density or a temperature that the table does not have. The text says what it has."""


def factor(density_15: Decimal, temperature_c: Decimal) -> Decimal:
    """By what a volume at a temperature is multiplied for its volume at 15 °C, to five places.
    `density_15` is in kg/m³ at 15 °C. Raises NotInTable."""
    if not _DENSITIES[0] <= density_15 <= _DENSITIES[1]:
        raise NotInTable("The density at 15 °C is from {} to {} kg/m³.".format(*_DENSITIES))
    if not _TEMPERATURES_C[0] <= temperature_c <= _TEMPERATURES_C[1]:
        raise NotInTable("The temperature is from {} to {} °C.".format(*_TEMPERATURES_C))
    density, above_c = float(density_15), float(temperature_c) - _STANDARD_C
    alpha = _alpha(density)
    exact = math.exp(-alpha * above_c * (1 + 0.8 * alpha * above_c))
    return Decimal(exact).quantize(_PLACES, ROUND_HALF_UP)


def _alpha(density: float) -> float:
    """The thermal expansion of a product of that density, a degree."""
    for end, k0, k1 in _BANDS:
        if density < end:
            if k0 is None or k1 is None:
                constant, square = _TRANSITION
                return constant + square / density**2
            return k0 / density**2 + k1 / density
    raise AssertionError("the last band has no end")
