"""Which part of which invoice a payment pays: pure."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.orders.credit.accounts import Due
from core.orders.credit.terms import LATE_FEE


@dataclass(frozen=True, slots=True)
class Share:
    """What of a payment goes to one order."""

    order_id: uuid.UUID
    invoice_minor: int
    late_fee_minor: int


def allocate(dues: Sequence[Due], amount_minor: int, repaid: Sequence[str]) -> list[Share]:
    """An amount over what is due: each part in the order of `repaid`, over all invoices, the
    oldest day first. What is beyond all of them is left over."""
    paid: dict[uuid.UUID, dict[str, int]] = {one.order_id: {} for one in dues}
    left = amount_minor
    for part in repaid:
        for one in dues:
            open_minor = one.late_fee_minor if part == LATE_FEE else one.owed_minor
            taken = min(left, open_minor)
            paid[one.order_id][part] = taken
            left -= taken
    shares = [
        Share(id, sum(n for part, n in parts.items() if part != LATE_FEE), parts.get(LATE_FEE, 0))
        for id, parts in paid.items()
    ]
    return [one for one in shares if one.invoice_minor or one.late_fee_minor]
