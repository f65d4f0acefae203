"""Amounts and moments as networks print them."""

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

# Groups of three behind a separator, or a plain number with its decimals.
# Decimals are no day of a date that stands glued behind: `34,920.14-September-2026`.
_NO_DATE = r"(?!\d|[-/](?:\d|[a-z]{3}))"
FIGURE = (
    rf"(?:\d{{1,3}}(?:[ ,.']\d{{3}})++(?!\d)(?:[.,]\d{{1,2}}{_NO_DATE})?"
    rf"|\d++(?:[.,]\d{{1,4}}{_NO_DATE})?)"
)

# What stands beside an amount. A word that several countries use means the wallet's own currency.
CURRENCIES = {
    "rwf": "RWF", "frw": "RWF", "ugx": "UGX", "ush": "UGX", "ksh": "KES", "kshs": "KES",
    "kes": "KES", "tsh": "TZS", "tshs": "TZS", "tzs": "TZS", "ghs": "GHS", "ghc": "GHS",
    "gh¢": "GHS", "gh₵": "GHS", "₵": "GHS", "gh": "GHS", "xof": "XOF", "xaf": "XAF", "ar": "MGA",
    "mga": "MGA", "ariary": "MGA", "mt": "MZN", "mts": "MZN", "mzn": "MZN", "usd": "USD",
    "us$": "USD", "$": "USD", "cdf": "CDF", "zmw": "ZMW", "zmk": "ZMW", "mwk": "MWK",
    "mk": "MWK", "ngn": "NGN", "₦": "NGN", "naira": "NGN", "bif": "BIF", "fbu": "BIF", "etb": "ETB",
    "birr": "ETB", "gnf": "GNF", "lrd": "LRD", "zar": "ZAR", "lsl": "LSL", "szl": "SZL",
    "ssp": "SSP", "zwg": "ZWG", "zig": "ZWG", "sle": "SLE", "eur": "EUR",
}  # fmt: skip
_CFA = frozenset({"XOF", "XAF"})
SHARED = {
    "fcfa": _CFA, "f cfa": _CFA, "francs cfa": _CFA, "cfa": _CFA, "f": _CFA | {"GNF", "BIF"},
    "shs": frozenset({"UGX", "KES", "TZS"}), "fc": frozenset({"CDF"}),
    "k": frozenset({"ZMW"}), "n": frozenset({"NGN"}), "r": frozenset({"ZAR"}),
    "m": frozenset({"LSL"}), "e": frozenset({"SZL"}),
}  # fmt: skip

CURRENCY_WORDS = tuple(sorted((*CURRENCIES, *SHARED), key=lambda word: (-len(word), word)))
CURRENCY = f"(?:{'|'.join(map(re.escape, CURRENCY_WORDS))})"
# With its currency: what a sentence says was moved.
AMOUNT = (
    rf"(?:(?<![a-z0-9])(?:{CURRENCY}[\s.:]*+){{1,2}}+{FIGURE}(?:\s*{CURRENCY}(?![a-z])(?:\.(?=\s+has\s))?)?"
    rf"|(?<![a-z0-9]){FIGURE}\s*{CURRENCY}(?![a-z]))"
)
# Behind a label the currency may be missing; a dash says that there is none.
MONEY = rf"(?:{CURRENCY}[\s.:]*+){{0,2}}(?:{FIGURE}(?:\s*{CURRENCY}(?![a-z]))?|-(?=[\s.]))"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}"
DATE = (
    r"(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|\d{{1,2}}[- ]{_MONTH}[- ,]{{1,2}}\d{{2,4}})(?!\d)"
)
_NO_GAP = r"(?:\b|(?=withdraw|give|ksh|tsh|new|you))"  # `6:05 PMWithdraw`
CLOCK = (
    r"\d{1,2}[:h]\d{2}(?!\d)(?::\d{2}(?!\d)(?:\.\d{1,9})?)?"
    rf"(?:\s?[ap]\.?m{_NO_GAP}\.?|z\b|[+-]\d{{2}}:?\d{{2}})?"
)
# A date and what follows of a clock; what stands before a date and belongs to it.
MOMENT = rf"{DATE}(?:\s*,?\s*(?:(?:at|a|as|saa|t)\b|t|-)?\s*:?\s*{CLOCK})?"
BEFORE_MOMENT = (
    rf"(?:(?:\bsaa|\bat|\bas|\ba)\s{{0,3}}{CLOCK},?\s{{0,3}}(?:de\s{{1,3}})?)?"
    r"(?:\b(?:on|at|date|dated|le|du|tarehe|tar|siku ya|siku|aos|no dia|dia|em|ku wa|kuri|mnamo)"
    r"\s{0,3}:?\s{0,3})?\Z"
)

_PARTS = re.compile(
    r"(?:(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})"
    r"|(?P<d1>\d{1,2})[-/.](?P<m1>\d{1,2})[-/.](?P<y1>\d{2,4})"
    rf"|(?P<d2>\d{{1,2}})[- ](?P<m2>{_MONTH})[- ,]{{1,2}}(?P<y2>\d{{2,4}}))"
)
_CLOCK = re.compile(
    r"(\d{1,2})[:h](\d{2})(?::(\d{2})(?:\.\d+)?)?(?:\s?([ap])\.?m(?:\b|(?=withdraw|give|ksh|tsh|new|you)))?"
)
_CURRENCY = re.compile(CURRENCY)
_FIGURE = re.compile(FIGURE)


def read_figure(words: str) -> Decimal:
    """The number in `1,000`, `1 500 000,00`, `50.000`, `180.53`.

    Three digits behind the last separator are thousands, one, two or four are decimals.
    """
    last = max(words.rfind(","), words.rfind("."))
    if last >= 0 and (len(words) - last - 1 != 3 or words[:last] in ("0", "00")):
        whole, decimals = words[:last], words[last + 1 :]
    else:
        whole, decimals = words, ""
    digits = "".join(character for character in whole if character.isdigit())
    return Decimal(f"{digits or '0'}.{decimals or '0'}")


@lru_cache(maxsize=8192)
def read_money(words: str) -> tuple[Decimal | None, str | None]:
    """The number and the currency in lower-case `words`; (None, None) where a dash stands."""
    figure = _FIGURE.search(words)
    if figure is None:
        return None, None
    word = _currency_word(words, figure)
    return read_figure(figure.group()), CURRENCIES.get(word) if word else None


@lru_cache(maxsize=8192)
def possible_currencies(words: str) -> frozenset[str]:
    """Those that the currency in lower-case `words` may be; empty where none is named."""
    figure = _FIGURE.search(words)
    word = _currency_word(words, figure) if figure is not None else None
    if word is None:
        return frozenset()
    return SHARED.get(word) or frozenset({CURRENCIES[word]})


def _currency_word(words: str, figure: re.Match[str]) -> str | None:
    named = _CURRENCY.search(words[: figure.start()] + " " + words[figure.end() :])
    return named.group() if named else None


def read_moment(words: str) -> str | None:
    """ISO 8601 as fine as printed, from lower-case `words`; None where no such day exists.

    Day before month, unless the month could not be one: `3/4/26` is 3 April, `8/26/26` 26 August.
    """
    found = _PARTS.search(words)
    if found is None:
        return None
    if found["y"]:
        year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
    elif found["y1"]:
        year, month, day = int(found["y1"]), int(found["m1"]), int(found["d1"])
        if month > 12 >= day:
            month, day = day, month
    else:
        year, day = int(found["y2"]), int(found["d2"])
        month = _MONTHS.index(found["m2"][:3]) + 1
    year += 2000 if year < 100 else 0
    clock = _CLOCK.search(words, found.end()) or _CLOCK.search(words, 0, found.start())
    try:
        if clock is None:
            return datetime(year, month, day).date().isoformat()  # noqa: DTZ001  # a wall clock
        hour = int(clock[1])
        if clock[4] and hour <= 12:
            hour = hour % 12 + (12 if clock[4] == "p" else 0)
        moment = datetime(year, month, day, hour, int(clock[2]), int(clock[3] or 0))  # noqa: DTZ001
    except ValueError:
        return None
    return moment.isoformat(timespec="seconds" if clock[3] else "minutes")
