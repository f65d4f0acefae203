"""The lines of a price build-up: how sheets of Ghana's regulator (NPA) call them, and what each is.

Codes are ours and stay; the words on the sheets change (a levy is renamed, a note is added). A line
whose words are not known keeps them, as a code made of them: a new levy is a line like any other.
"""

import re
from enum import Enum
from typing import Final


class Part(Enum):
    """What a line is in the sum that leads from the refinery to the pump."""

    EX_REFINERY = "ex_refinery"
    """The product itself; where a sheet splits it, the sum of its parts."""
    LINE = "line"
    """A tax, levy or margin on top of it."""
    MARGIN = "margin"
    """One of the two margins that a company sets itself; no part of the regulator's floor."""
    SUBTOTAL = "subtotal"
    TOTAL = "total"


EX_REFINERY: Final = "ex_refinery"
EX_DEPOT: Final = "ex_depot"
EX_PUMP: Final = "ex_pump"

# Words that must all be there; the first that fits says what the line is.
_KNOWN: Final[tuple[tuple[frozenset[str], str, Part], ...]] = tuple(
    (frozenset(words.split()), code, part)
    for words, code, part in (
        ("total levies", "total_levies", Part.SUBTOTAL),
        ("total levy", "total_levies", Part.SUBTOTAL),
        ("total taxes", "total_taxes", Part.SUBTOTAL),
        ("total tax", "total_taxes", Part.SUBTOTAL),
        ("total margins", "total_margins", Part.SUBTOTAL),
        ("total margin", "total_margins", Part.SUBTOTAL),
        ("subtotal", "subtotal", Part.SUBTOTAL),
        ("refinery core", "ex_refinery_core", Part.EX_REFINERY),
        ("refinery", EX_REFINERY, Part.EX_REFINERY),
        ("marine mix", "marine_mix", Part.EX_REFINERY),
        ("blue dye", "blue_dye", Part.EX_REFINERY),
        ("recovery margin", "recovery_margin", Part.EX_REFINERY),
        ("ex depot", EX_DEPOT, Part.SUBTOTAL),
        ("ex pump", EX_PUMP, Part.TOTAL),
        ("indicative price", EX_PUMP, Part.TOTAL),
        ("total", "total", Part.TOTAL),
        ("energy debt recovery", "energy_debt_recovery_levy", Part.LINE),
        ("tor debt recovery", "tor_debt_recovery_levy", Part.LINE),
        ("energy sector shortfall", "energy_sector_shortfall_levy", Part.LINE),
        ("energy sector recovery", "energy_sector_recovery_levy", Part.LINE),
        ("energy fund", "energy_fund_levy", Part.LINE),
        ("road fund", "road_fund_levy", Part.LINE),
        ("price stabilisation", "price_stabilisation_levy", Part.LINE),
        ("sanitation", "sanitation_levy", Part.LINE),
        ("special petroleum tax", "special_petroleum_tax", Part.LINE),
        ("excise duty", "excise_duty", Part.LINE),
        ("export duty", "export_duty", Part.LINE),
        ("primary distribution", "primary_distribution_margin", Part.LINE),
        ("bost", "bost_margin", Part.LINE),
        ("fuel marking", "fuel_marking_margin", Part.LINE),
        ("uppf", "uppf", Part.LINE),
        ("unified petroleum price fund", "uppf", Part.LINE),
        ("marketers margin", "marketers_margin", Part.MARGIN),
        ("marketer margin", "marketers_margin", Part.MARGIN),
        ("marketing margin", "marketers_margin", Part.MARGIN),
        ("omc margin", "marketers_margin", Part.MARGIN),
        ("dealers margin", "dealers_margin", Part.MARGIN),
        ("dealer margin", "dealers_margin", Part.MARGIN),
        ("retailers margin", "dealers_margin", Part.MARGIN),
        ("admin cost", "admin_costs", Part.LINE),
        ("filling plant", "admin_costs", Part.LINE),
        ("distribution compensation", "distribution_compensation", Part.LINE),
        ("promotion margin", "distribution_compensation", Part.LINE),
    )
)
_SAME: Final = {
    **{"stabilization": "stabilisation", "unifed": "unified", "costs": "cost"},
    **{"exrefinery": "refinery", "exref": "refinery", "pumps": "pump"},
}
# What is written as one word or as two.
_JOINED: Final = (
    *((" gas oil ", " gasoil "), (" ex ref ", " refinery "), (" exdepot ", " ex depot ")),
    *((" expump ", " ex pump "), (" sub total ", " subtotal ")),
)
# A number of a footnote stands at a word's end: LEVY1.
_FOOTNOTE: Final = re.compile(r"(?<=[a-z]{3})\d{1,2}$")

# Products that a header may name without saying a unit beside each.
_PRODUCTS: Final[tuple[tuple[str, str], ...]] = (
    ("premix", "premix"),
    ("kero mines", "kerosene_mines"),
    ("kerosene mines", "kerosene_mines"),
    ("kerosene", "kerosene"),
    ("dpk", "kerosene"),
    ("kero", "kerosene"),
    ("mgo local", "marine_gasoil_local"),
    ("marine gasoil local", "marine_gasoil_local"),
    ("mgo foreign", "marine_gasoil_foreign"),
    ("marine gasoil foreign", "marine_gasoil_foreign"),
    ("mgo", "marine_gasoil"),
    ("marine gasoil", "marine_gasoil"),
    ("gasoil rig", "gasoil_rig"),
    ("gasoil mines", "gasoil_mines"),
    ("gasoil", "gasoil"),
    ("diesel", "gasoil"),
    ("ago", "gasoil"),
    ("premium", "premium"),
    ("petrol", "premium"),
    ("gasoline", "premium"),
    ("pms", "premium"),
    ("lpg", "lpg"),
    ("atk", "aviation_turbine_kerosene"),
    ("rfo power", "residual_fuel_oil_power"),
    ("rfo", "residual_fuel_oil"),
    ("residual fuel oil", "residual_fuel_oil"),
    ("unified", "unified"),
    ("naphtha", "naphtha"),
)


def words_of(text: str) -> list[str]:
    """The words of a label, small, without marks and footnotes: `EX-DEPOT*` is ex and depot."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("\u2019", ""))
    spaced = " ".join(_FOOTNOTE.sub("", word) for word in words)
    spaced = f" {spaced} "
    for two, one in _JOINED:
        spaced = spaced.replace(two, one)
    return [_SAME.get(word, word) for word in spaced.split()]


def line_of(label: str) -> tuple[str, Part]:
    """The code of a line and what it is."""
    words = words_of(label)
    return _known(words) or ("_".join(words) or "unnamed", Part.LINE)


def is_known(label: str) -> bool:
    """Whether the words are those of a line that sheets have had."""
    return _known(words_of(label)) is not None


def _known(words: list[str]) -> tuple[str, Part] | None:
    have = set(words)
    return next(((code, part) for needed, code, part in _KNOWN if needed <= have), None)


def product_of(name: str) -> str | None:
    """The code of a product; None where the words name none that is known."""
    have = set(words_of(name))
    return next((code for words, code in _PRODUCTS if set(words.split()) <= have), None)
