"""New list prices, published by two officers.

One brings a list or types a price, another sees each price before and after and lets it hold. Rules
stay as they are; what they make of the new list prices is looked at before anybody is asked. What a
tenant's folder says goes on standing beside it: the folder publishes again only once its own prices
are others (`prices.folder_version`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from msgspec import structs

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.orders import prices
from core.orders.errors import NoPrices
from core.orders.price_file import PriceFile
from core.pricing.check import AMOUNT_MAXIMUM_MINOR, faults
from core.pricing.index import read
from core.pricing.rules import Published, Rule, Stage, UnitPrice
from core.security.keyring import Keyring
from values.currencies import written

LIFE_S: Final = 7 * 24 * 60 * 60
CHANGES_MAXIMUM: Final = 5_000
SHOWN_MAXIMUM: Final = 200

Changes = Mapping[str, int]


class WrongPrices(ApprovalError):
    """These prices cannot be published. The text says why."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A product's list price, before and after, in minor units."""

    product: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do. `unknown` are codes of the list that are not sold here; `same` is
    how many prices stay."""

    changed: tuple[Changed, ...]
    same: int
    unknown: tuple[str, ...]
    faults: tuple[str, ...]


def preview(tx: Tx, wanted: Changes) -> Preview:
    """What it would be if these products had these list prices. Raises WrongPrices."""
    published = _newest(tx)
    now = _list_prices(published)
    changed = [
        Changed(code, now[code], minor)
        for code, minor in sorted(wanted.items())
        if code in now and now[code] != minor
    ]
    after = _with(published, {one.product: one.after_minor for one in changed})
    return Preview(
        tuple(changed),
        same=sum(1 for code, minor in wanted.items() if now.get(code) == minor),
        unknown=tuple(sorted(code for code in wanted if code not in now)),
        faults=tuple(f"{', '.join(one.rules)}: {one.text}" for one in faults(after)),
    )


def wanted_of(found: PriceFile) -> dict[str, int]:
    """What a price list says of each code."""
    return {product.code: product.price_minor for product in found.products}


class Publish(Kind):
    """List prices of some products are others from the approval on."""

    name: ClassVar[str] = "list_prices"
    life_s: ClassVar[int] = LIFE_S

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises WrongPrices."""
        self._checked(tx, request)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        found, currency = preview(tx, _wanted(request)), _newest(tx).terms.currency
        shown = found.changed[:SHOWN_MAXIMUM]
        more = len(found.changed) - len(shown)
        what = f"publish {len(found.changed)} list prices" + (f" ({more} not shown)" * bool(more))
        return Shown(
            what,
            {one.product: written(one.before_minor, currency) for one in shown},
            {one.product: written(one.after_minor, currency) for one in shown},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        found = self._checked(tx, request)
        changes = {one.product: one.after_minor for one in found.changed}
        by = f"{request.requested_by} and {request.decided_by}"
        book_id = prices.publish(tx, _with(_newest(tx), changes), by, is_folders=False)
        return Done({"price_book": str(book_id)})

    def _checked(self, tx: Tx, request: Request) -> Preview:
        found = preview(tx, _wanted(request))
        if not found.changed:
            raise WrongPrices("No price would be another.")
        if found.faults:
            raise WrongPrices(f"The rules do not fit these prices: {found.faults[0]}.")
        return found


PUBLISH: Final = Publish()


def params_of(changed: Sequence[Changed]) -> dict[str, dict[str, int]]:
    """As a request keeps them. Raises WrongPrices."""
    if len(changed) > CHANGES_MAXIMUM:
        raise WrongPrices(f"At most {CHANGES_MAXIMUM:,} prices at once.")
    return {"prices": {one.product: one.after_minor for one in changed}}


def _wanted(request: Request) -> dict[str, int]:
    """Raises WrongPrices."""
    wanted = {str(code): int(minor) for code, minor in request.params["prices"].items()}
    if any(not 0 < minor <= AMOUNT_MAXIMUM_MINOR for minor in wanted.values()):
        raise WrongPrices("A price is above nothing.")
    return wanted


def _newest(tx: Tx) -> Published:
    """Raises WrongPrices."""
    try:
        book_id, _ = prices.BOOKS.newest(tx)
    except NoPrices:
        raise WrongPrices("Nothing is sold here yet: the first prices come from the folder.") from (
            None
        )
    row = tx.one(
        "SELECT published FROM price_book WHERE tenant_id = current_tenant() AND id = %s",
        (book_id,),
    )
    assert row is not None
    return read(row[0])


def _list_prices(published: Published) -> dict[str, int]:
    return {
        code: rule.change.price_minor
        for rule in published.rules
        if _is_list_price(rule) and isinstance(rule.change, UnitPrice)
        for code in rule.scope.products
    }


def _is_list_price(rule: Rule) -> bool:
    """One product's, and nobody's in particular: what a folder's product says."""
    return rule.stage is Stage.LIST and len(rule.scope.products) == 1 and rule.coupon is None


def _with(published: Published, changes: Changes) -> Published:
    rules = []
    for rule in published.rules:
        [code] = rule.scope.products if _is_list_price(rule) else [""]
        if code in changes and isinstance(rule.change, UnitPrice):
            rule = structs.replace(rule, change=UnitPrice(changes[code]))  # noqa: PLW2901
        rules.append(rule)
    return structs.replace(published, rules=tuple(rules))
