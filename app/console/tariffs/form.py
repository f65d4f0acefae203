"""A table of fees or limits, as a form has it."""

from datetime import datetime
from typing import Any, Final

from app.console.page import Visit
from core.manifest.section import PricedOperation
from core.money.tariff_publishing import FEE, DatedTable, WrongTariff
from values.currencies import minor_digits

BANDS: Final = 6
DIGITS_MAXIMUM: Final = 13


def read(visit: Visit, about: PricedOperation, kind: str, level: str) -> DatedTable:
    """The table that a form draws. Raises WrongTariff."""
    body = _bands(visit) if kind == FEE else _limits(visit, about)
    if level:
        body["level"] = level
    return DatedTable(about.name, kind, level, body, _moment(visit))


def rows_of(visit: Visit, table: DatedTable | None) -> list[dict[str, str]]:
    """The bands of a table as a form shows them, with empty ones behind."""
    bands = table.body.get("bands", ()) if table else ()
    rows = [
        {
            "up_to": _typed(band.get("up_to_minor"), visit.business.currency),
            "fee": _typed(band.get("fee_minor") or None, visit.business.currency),
            "percent": f"{band['basis_points'] / 100:g}" if band.get("basis_points") else "",
        }
        for band in bands
    ]
    empty = {"up_to": "", "fee": "", "percent": ""}
    return rows + [empty] * (max(BANDS, len(rows) + 1) - len(rows))


def limits_of(
    visit: Visit, about: PricedOperation, table: DatedTable | None
) -> list[tuple[str, str]]:
    """The limits that there are, with what a table says of each."""
    body = table.body if table else {}
    currency = visit.business.currency
    return [(name, _typed(body.get(f"{name}_minor"), currency)) for name in about.limits]


def _bands(visit: Visit) -> dict[str, Any]:
    columns = [visit.form.getlist(name) for name in ("up_to", "fee", "percent")]
    bands = []
    for up_to, fee, percent in zip(*columns, strict=False):
        if not (up_to.strip() or fee.strip() or percent.strip()):
            continue
        bands.append(
            {
                "up_to_minor": _minor(visit, up_to) if up_to.strip() else None,
                "fee_minor": _minor(visit, fee) if fee.strip() else 0,
                "basis_points": _scaled(percent, 2, "percent") if percent.strip() else 0,
            }
        )
    return {"bands": bands}


def _limits(visit: Visit, about: PricedOperation) -> dict[str, Any]:
    said = {name: visit.form.get(f"limit_{name}", "") for name in about.limits}
    return {
        f"{name}_minor": _minor(visit, amount) for name, amount in said.items() if amount.strip()
    }


def _moment(visit: Visit) -> datetime:
    """The moment from which on it holds, in the business's own time."""
    try:
        at = datetime.fromisoformat(visit.form.get("valid_from", ""))
    except ValueError:
        raise WrongTariff("Say from when on it holds.") from None
    return at.replace(tzinfo=at.tzinfo or visit.business.zone)


def _minor(visit: Visit, said: str) -> int:
    currency = visit.business.currency
    return _scaled(said, minor_digits(currency), currency)


def _scaled(said: str, digits: int, unit: str) -> int:
    whole, _, parts = said.strip().replace(",", "").partition(".")
    typed = whole + parts
    if not (typed.isascii() and typed.isdigit()) or len(parts) > digits:
        raise WrongTariff(f"{said.strip()[:20]} is no amount in {unit}.")
    if len(whole) > DIGITS_MAXIMUM:
        raise WrongTariff(f"{said.strip()[:20]} is too much.")
    return int((whole or "0") + parts.ljust(digits, "0"))


def _typed(amount_minor: int | None, currency: str) -> str:
    if amount_minor is None:
        return ""
    digits = minor_digits(currency)
    whole, rest = divmod(amount_minor, 10**digits)
    return f"{whole}.{rest:0{digits}}" if digits and rest else str(whole)
