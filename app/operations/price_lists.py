"""A trader's price list becomes the products of a tenant's folder: all of it, or nothing."""

import os
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from app.errors import OperatorError
from core.orders.price_file import PriceFile, Product, read_price_file
from core.spreadsheets.errors import SpreadsheetError
from values.currencies import minor_digits

PRODUCTS_FILE = "products.yaml"


@dataclass(frozen=True, slots=True)
class Imported:
    """What the folder's products become: codes that are new, those that change and how many stay
    as they are."""

    added: list[str]
    changed: list[str]
    same: int


def digits_of(folder: Path | None) -> int:
    """How many decimals a price has: those of the folder's currency, or else two. Raises
    OperatorError."""
    if folder is None:
        return 2
    try:
        said = yaml.safe_load((folder / "tenant.yaml").read_text(encoding="utf-8"))
        return minor_digits(str(said["currency"]))
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise OperatorError(f"{folder} is no tenant's folder.") from None


def read(file: Path, digits: int) -> PriceFile:
    """Raises OperatorError."""
    try:
        return read_price_file(file, digits=digits)
    except SpreadsheetError as error:
        raise OperatorError(str(error)) from None
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be read.") from None


def into_folder(folder: Path, found: PriceFile, digits: int, *, write: bool) -> Imported:
    """Put the list's products into the folder's, at once: what a product has beside the list (a
    floor, names in other languages) stays, and so does what the list does not name. Raises
    OperatorError."""
    path = folder / PRODUCTS_FILE
    known = _known(path)
    language = _language(folder)
    added, changed, same = [], [], 0
    for product in found.products:
        before = known.get(product.code)
        after = _entry(product, before or {}, digits, language)
        if before is None:
            added.append(product.code)
        elif before != after:
            changed.append(product.code)
        else:
            same += 1
        known[product.code] = after
    if write:
        _write(path, [*known.values()])
    return Imported(added, changed, same)


def _known(path: Path) -> dict[str, dict[str, Any]]:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
        return {str(one["code"]): dict(one) for one in said or []}
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise OperatorError(f"{path} cannot be read.") from None


def _language(folder: Path) -> str:
    said = yaml.safe_load((folder / "tenant.yaml").read_text(encoding="utf-8"))
    return str(said["languages"][0])


def _entry(product: Product, before: dict[str, Any], digits: int, language: str) -> dict[str, Any]:
    price = f"{Decimal(product.price_minor).scaleb(-digits):f}"
    return {
        **before,
        "code": product.code,
        "name": _in(language, product.name, before.get("name")),
        "unit": _in(language, product.pack.unit, before.get("unit")),
        "category": product.category,
        "price": float(price) if digits else int(price),
    }


def _in(language: str, words: str, before: Any) -> dict[str, str]:
    """A text in one language. Where it is another one now, its translations are of the old one."""
    if isinstance(before, dict) and before.get(language) == words:
        return before
    return {language: words}


def _write(path: Path, products: list[dict[str, Any]]) -> None:
    text = yaml.safe_dump(products, allow_unicode=True, sort_keys=False, width=1_000)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(0o644)
    os.replace(name, path)
