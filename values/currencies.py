"""Currencies: in how many minor units each is counted, how it is shown, and how people write it.

One table for the books, the screens, the folders and the providers' wires, so that an amount is the
same integer everywhere: Money(1500, "RWF") is 1,500 francs, Money(1500, "KES") is 15 shillings.

The minor units are those of ISO 4217, which providers count in. Other tables (CLDR, and so Babel)
say how many decimals people write, and have 0 for MGA, SOS or SLL where ISO has 2: an amount
counted by such a table would reach a provider as a hundredth of what it is.
"""

import re
from decimal import Decimal
from functools import cache
from typing import Final

_MINOR_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_MINOR_DIGITS_ELSE: Final = 2

# Where the minor unit is in no coin and on no price: whole units are what people write and read.
_WRITTEN_WHOLE: Final = frozenset(
    [
        *("AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL", "SOS"),
        *("SYP", "TZS", "YER"),
    ]
)

_FRANCS: Final = ("F", "Fr", "Frs", "\u20a3", "franc", "francs")
_SHILLINGS: Final = ("Sh", "Shs", "shilling", "shillings", "shilingi", "silingi", "/=", "/-")
_CFA: Final = ("FCFA", "F CFA", "CFA", "francs CFA", "franc CFA", *_FRANCS)
# How people write their currency beside a number, besides its code. A sign that is a letter of a
# thousand too (K for kwacha) stands before the number only.
_WRITTEN: Final[dict[str, tuple[str, ...]]] = {
    "RWF": (
        *("Frw", "RF", "R\u20a3", "amafaranga", "faranga"),
        *("francs rwandais", "Rwandan francs", "Rwanda francs", *_FRANCS),
    ),
    "BIF": ("FBu", "amafaranga", "francs burundais", *_FRANCS),
    "XOF": _CFA,
    "XAF": _CFA,
    "CDF": ("FC", "francs congolais", *_FRANCS),
    "GNF": ("FG", *_FRANCS),
    "DJF": ("Fdj", *_FRANCS),
    "KMF": ("CF", *_FRANCS),
    "KES": ("Ksh", "Kshs", "K.Sh", "bob", "Kenya shillings", "Kenyan shillings", *_SHILLINGS),
    "UGX": ("Ush", "Ushs", "U.Sh", "Uganda shillings", "Ugandan shillings", *_SHILLINGS),
    "TZS": ("Tsh", "Tshs", "T.Sh", "Tanzania shillings", "Tanzanian shillings", *_SHILLINGS),
    "SOS": ("So.Sh", "SoSh", "shilin", *_SHILLINGS),
    "GHS": (
        *("GH₵", "GH¢", "GHȼ", "GHȻ", "₵", "¢", "ȼ", "GHC", "GH"),
        *("cedi", "cedis", "sidi", "Ghana cedi", "Ghana cedis", "Ghanaian cedis"),
    ),
    "NGN": ("₦", "N", "=N=", "#", "naira", "nairas"),
    "ETB": ("Br", "birr"),
    "ZMW": ("kwacha",),
    "MWK": ("MK", "kwacha"),
    "ZAR": ("R", "rand", "rands"),
    "MGA": ("Ar", "ariary"),
    "MZN": ("MT", "MTn", "metical", "meticais"),
    "AOA": ("Kz", "kwanza", "kwanzas"),
    "SLE": ("Le", "NLe", "leone", "leones"),
    "SLL": ("Le", "leone", "leones"),
    "GMD": ("D", "dalasi", "dalasis"),
    "LRD": ("L$", "LD", "$", "dollar", "dollars"),
    "BWP": ("pula",),
    "NAD": ("N$", "$", "dollar", "dollars"),
    "SSP": ("£", "pound", "pounds"),
    "USD": ("$", "US$", "dollar", "dollars"),
    "EUR": ("€", "euro", "euros"),
    "GBP": ("£", "pound", "pounds"),
}
_WRITTEN_BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "ZMW": ("K",),
    "MWK": ("K",),
    "BWP": ("P",),
}


@cache
def minor_digits(currency: str) -> int:
    """How many decimals its minor unit is (ISO 4217): RWF 0, KES 2, TND 3."""
    return _MINOR_DIGITS.get(currency, _MINOR_DIGITS_ELSE)


@cache
def written_digits(currency: str) -> int:
    """How many decimals people write and read it with: MGA 0, though an ariary has 100 units."""
    return 0 if currency in _WRITTEN_WHOLE else minor_digits(currency)


def written(amount_minor: int, currency: str) -> str:
    """An amount for an officer: 12,000 RWF, 12.50 KES."""
    digits = minor_digits(currency)
    return f"{Decimal(amount_minor).scaleb(-digits):,.{digits}f} {currency}"


def is_k_a_currency(currency: str) -> bool:
    """Whether a K beside a number may be the currency, and so is no thousand: kwacha."""
    return "K" in _WRITTEN_BEFORE.get(currency, ())


def number_of(text: str, currency: str) -> str:
    """What is left of an amount once its currency is taken off: "500" of "Ksh 500/=" in KES.

    Only the currency itself, as its code or as its people write it, before the number, behind it
    or both. A text with another currency comes back as it came.
    """
    match = _around(currency).fullmatch(text.strip())
    return match["number"] if match else text


@cache
def _around(currency: str) -> re.Pattern[str]:
    names = (currency, *_WRITTEN.get(currency, ()))
    before = _any_of((*names, *_WRITTEN_BEFORE.get(currency, ())))
    # The number begins with its first digit, so that no letter of a name can hide in it.
    return re.compile(
        rf"(?:(?:{before})\.?\s*)?(?P<number>\d(?:.*\d)?)(?:\s*(?:{_any_of(names)})\.?)?",
        re.IGNORECASE,
    )


def _any_of(names: tuple[str, ...]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", r"\s*") for name in longest_first)
