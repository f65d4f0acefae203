"""Money that somebody brings along when a tenant is applied: an entry against the settlement
account, posted once, never again and never changed."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.faults import FolderFaults, Place
from core.money import ledger
from core.money.errors import Frozen

ENTRY_KIND: Final = "opening"


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening balance. `key` is the folder's for the person, `name` says of which account."""

    person_id: uuid.UUID
    key: str
    name: str
    account_id: uuid.UUID
    amount_minor: int
    place: Place

    @property
    def entry_key(self) -> str:
        return f"opening:{self.person_id}:{self.name}"


def changes(site: Site, openings: Sequence[Opening]) -> Iterator[Change]:
    """The openings that are not posted yet. One that was posted with another amount is a fault."""
    openings = [opening for opening in openings if opening.amount_minor]
    posted: dict[str, int] = dict(
        site.tx.all(
            "SELECT e.key, coalesce(p.amount_minor, 0) FROM entry e LEFT JOIN posting p"
            " ON p.tenant_id = e.tenant_id AND p.entry_id = e.id AND p.amount_minor > 0"
            " AND p.account_id = ANY (%s)"
            " WHERE e.tenant_id = current_tenant() AND e.key = ANY (%s)",
            (
                [opening.account_id for opening in openings],
                [opening.entry_key for opening in openings],
            ),
        )
    )
    for opening in openings:
        known = posted.get(opening.entry_key)
        if known is None:
            write = partial(_post, site, opening)
            yield Change("added", "opening balances", opening.key, write, Stage.MONEY)
        elif known != opening.amount_minor:
            opening.place.fault(
                "an opening balance is posted once: what was posted differs,"
                " and only another entry corrects it"
            )


def _post(site: Site, opening: Opening, tx: Tx) -> None:
    currency = site.manifest.currency
    settlement = ledger.account_id(site.manifest.id, ledger.SETTLEMENT, currency)
    try:
        ledger.post(
            tx,
            key=opening.entry_key,
            kind=ENTRY_KIND,
            lines=[
                ledger.Line(settlement, -opening.amount_minor),
                ledger.Line(opening.account_id, opening.amount_minor),
            ],
            currency=currency,
            actor_id=None,
        )
    except Frozen:
        opening.place.fault("the account is on hold: nothing is posted to it")
        raise FolderFaults(site.manifest.faults.found) from None
