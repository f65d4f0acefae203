"""Accounts as commands name them: settlement, fees, float:A111, wallet:+250788000101, and what
somebody saves in a group, savings:+250788000101:KOP1; of people who share a number,
wallet:+250788000101/2 is the second one's."""

import uuid

from app.errors import OperatorError
from app.operations.persons import person_at
from app.operations.servers import Core
from core.db.database import Tx
from core.money import ledger

OWN = (ledger.SETTLEMENT, ledger.FEES)
EXAMPLES = "settlement, fees, float:A111, wallet:+250788000101, savings:+250788000101:KOP1"


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
        with core.database.transaction(tenant_id) as tx:
            return ledger.account_id(_person(core, tx, name, whose), kind, currency)
    number, _, code = whose.partition(":")
    if kind == ledger.SAVINGS and number and code:
        with core.database.transaction(tenant_id) as tx:
            who = _person(core, tx, name, number)
            row = tx.one(
                "SELECT m.savings_account_id FROM membership m JOIN savings_group g"
                " ON g.tenant_id = m.tenant_id AND g.id = m.group_id"
                " WHERE m.tenant_id = current_tenant() AND m.subscriber_id = %s AND g.code = %s",
                (who, code.upper()),
            )
        if row is None:
            raise OperatorError(f"They are no member of a group {code}.")
        return uuid.UUID(str(row[0]))
    raise OperatorError(f"{name} is no account; there are: {EXAMPLES}.")


def _person(core: Core, tx: Tx, name: str, whose: str) -> uuid.UUID:
    """Who has a number, or is one of those who share it. Raises OperatorError."""
    number, _, place = whose.partition("/")
    if place and not place.isdecimal():
        raise OperatorError(f"{name} is no account; there are: {EXAMPLES}.")
    which = int(place) if place else None
    return person_at(tx, core.keys, number, which, option="/1, /2 … behind the number")
