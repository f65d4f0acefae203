"""Float goes down from a super-agent to an agent and on to an assistant, and back up again.

Who sells or gives back confirms it with their PIN; the other side is texted, and confirms nothing.
The fee comes on top of the amount, so that what arrives is what was named. Cash or a bank transfer
for it is between the two.
"""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.agents import agents
from core.agents.agents import Agent
from core.agents.errors import AgentOnHold, FloatTooLow, NobodyAbove, NotYourAgent
from core.agents.low_float import warn_of_low_float
from core.agents.messages import FloatReceived, FloatSent
from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import agreed, day_limits, intents, ledger
from core.money.day_limits import Usage
from core.money.errors import FrozenAccount, InsufficientFunds
from core.money.intents import Intent
from core.money.operations import PaidAtOnce, Quote
from core.people import people
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money


@dataclass(frozen=True, slots=True)
class Peer:
    """The agent at the other side, as they are shown: name and code."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class FloatMoved:
    """The receipt of the agent who gave float. `float` is what they have left; None where it was
    done before, and this only shows it again."""

    agent: str
    amount: Money
    fee: Money
    reference: str
    float: Money | None


class FloatMove(PaidAtOnce[FloatMoved]):
    """Float from one agent's account to another's."""

    receipt = FloatMoved

    def quote(
        self, tenant: Tenant, *, agent: Agent, agent_name: str, other: Peer, amount: Money
    ) -> Quote:
        def limit_minor(name: str) -> int:
            return tenant.limit_minor(self.name, name, 0, level=agent.level)

        fee_minor = tenant.fee_minor(self.name, amount.amount_minor, level=agent.level)
        return Quote(
            self.name,
            other.id,
            amount,
            Money(fee_minor, amount.currency),
            is_fee_on_top=True,
            detail={
                "name": other.name,
                "from": f"{agent_name} {agent.code}",
                "day_limit_minor": limit_minor("day_maximum"),
                "float_low_minor": limit_minor("float_low"),
            },
        )

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> FloatMoved:
        """As `PaidAtOnce.pay`. Raises FloatTooLow and AgentOnHold, too."""
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=uuid7())
        assert intent.entry_id is not None, "float is never pending"
        left = None
        if is_ours:
            self._count(tx, tenant, intent)
            left = self._post(tx, tenant, intent, intent.entry_id)
        return FloatMoved(
            agent=str(intent.quote["name"]),
            amount=Money(intent.amount_minor, intent.currency),
            fee=Money(intent.fee_minor, intent.currency),
            reference=reference_of(intent.entry_id),
            float=left,
        )

    def _count(self, tx: Tx, tenant: Tenant, intent: Intent) -> None:
        limit_minor = int(intent.quote["day_limit_minor"])
        if limit_minor:
            day, amount_minor = tenant.today(), intent.amount_minor
            usage = Usage(intent.subscriber_id, self.name, day, amount_minor, limit_minor)
            day_limits.count(tx, usage, currency=intent.currency)

    def _post(self, tx: Tx, tenant: Tenant, intent: Intent, entry_id: uuid.UUID) -> Money:
        """Post it and text both sides. Answers what the giver has left."""
        giver, taker, currency = intent.subscriber_id, intent.payee_id, intent.currency
        given_id = ledger.account_id(giver, ledger.FLOAT, currency)
        taken_id = ledger.account_id(taker, ledger.FLOAT, currency)
        total_minor = intent.amount_minor + intent.fee_minor
        try:
            posted = agreed.post(
                *(tx, intent),
                kind=self.name,
                given_id=given_id,
                taken_id=taken_id,
                tenant_id=tenant.id,
                detail={"from": intent.quote["from"], "to": intent.quote["name"]},
                entry_id=entry_id,
            )
        except InsufficientFunds as short:
            raise FloatTooLow(**short.params) from short
        except FrozenAccount:
            tx.undo()
            if agents.is_frozen(tx, taker):
                raise AgentOnHold from None
            raise
        left = Money(posted.balances[given_id], currency)
        amount, at = Money(intent.amount_minor, currency), clock.now()
        service_id = uuid.UUID(intent.quote["service"])
        write_text(
            tx,
            subscriber_id=giver,
            service_id=service_id,
            message=FloatSent(
                amount=amount,
                fee=Money(intent.fee_minor, currency),
                agent=str(intent.quote["name"]),
                reference=posted.reference,
                float=left,
                at=at,
            ),
            entry_id=entry_id,
        )
        write_text(
            tx,
            subscriber_id=taker,
            service_id=service_id,
            message=FloatReceived(
                amount=amount,
                agent=str(intent.quote["from"]),
                reference=posted.reference,
                float=Money(posted.balances[taken_id], currency),
                at=at,
            ),
            entry_id=entry_id,
        )
        warn_of_low_float(tx, intent, left.amount_minor, taken_minor=total_minor)
        return left


class FloatSale(FloatMove):
    """Down: to somebody who works for the seller."""

    name: ClassVar[str] = "float_sale"


class FloatReturn(FloatMove):
    """Up: to the one whom the giver works for."""

    name: ClassVar[str] = "float_return"


FLOAT_SALE: Final = FloatSale()
FLOAT_RETURN: Final = FloatReturn()


def agents_at(tx: Tx, keys: Keyring, number: str, *, seller_id: uuid.UUID) -> tuple[Peer, ...]:
    """The people at a number who work for a seller. Raises NotYourAgent, which tells nothing of
    whoever else may be there."""
    found = people.identify(tx, keys, number)
    rows = tx.all(
        "SELECT subscriber_id, code FROM agent WHERE tenant_id = current_tenant()"
        " AND parent_id = %s AND subscriber_id = ANY (%s)",
        (seller_id, [person.id for person in found]),
    )
    codes: dict[uuid.UUID, str] = dict(rows)
    peers = [
        Peer(person.id, f"{person.shown_name} {codes[person.id]}")
        for person in found
        if person.id in codes
    ]
    if not peers:
        raise NotYourAgent
    return tuple(peers)


def agent_above(tx: Tx, keys: Keyring, agent: Agent) -> Peer:
    """Whom an agent works for. Raises NobodyAbove."""
    row = None
    if agent.parent_id is not None:
        row = tx.one(
            "SELECT code FROM agent WHERE tenant_id = current_tenant() AND subscriber_id = %s",
            (agent.parent_id,),
        )
    if row is None or agent.parent_id is None:
        raise NobodyAbove
    person = people.get(tx, keys, agent.parent_id)
    assert person is not None, "an agent is a person"
    return Peer(person.id, f"{person.shown_name} {row[0]}")
