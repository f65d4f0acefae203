"""Accounts as commands name them: settlement, fees, float:A111, wallet:+250788000101; of people who
share a number, wallet:+250788000101/2 is the second one's."""

import uuid

from app.errors import OperatorError
from app.operations.persons import person_at
from app.operations.servers import Core
from core.money import ledger

OWN = (ledger.SETTLEMENT, ledger.FEES)
EXAMPLES = "settlement, fees, float:A111, wallet:+250788000101"


def account_named(core: Core, tenant_id: uuid.UUID, name: str, currency: str) -> uuid.UUID:
    """The account's id. Raises OperatorError."""
    kind, _, whose = name.partition(":")
    if kind in OWN and not whose:
        return ledger.account_id(tenant_id, kind, currency)
    if kind == ledger.FLOAT and whose:
        with core.database.transaction(tenant_id) as tx:
            row = tx.one(
                "SELECT subscriber_id FROM agent WHERE tenant_id = current_tenant() AND code = %s",
                (whose,),
            )
        if row is None:
            raise OperatorError(f"There is no agent {whose}.")
        return ledger.account_id(row[0], kind, currency)
    if kind == ledger.WALLET and whose:
        number, _, place = whose.partition("/")
        if place and not place.isdecimal():
            raise OperatorError(f"{name} is no account; there are: {EXAMPLES}.")
        which = int(place) if place else None
        with core.database.transaction(tenant_id) as tx:
            who = person_at(tx, core.keys, number, which, option="/1, /2 … behind the number")
        return ledger.account_id(who, kind, currency)
    raise OperatorError(f"{name} is no account; there are: {EXAMPLES}.")
