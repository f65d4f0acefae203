"""An agent buys float by mobile money: asked for on their phone, and theirs when its money is in.

The money comes into the agent's wallet, and from there into the float, in one transaction. The fee
comes on top of the amount.
"""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.agents.agents import Agent
from core.agents.errors import AgentOnHold
from core.agents.float_messages import FloatBought
from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import agreed, intents, ledger
from core.money.errors import FrozenAccount
from core.money.intents import Intent
from core.money.operations import Operation, Quote, SettledLater
from core.people import people
from core.tenants.directory import Tenant
from values import clock
from values.ids import uuid7
from values.money import Money


@dataclass(frozen=True, slots=True)
class FloatAsked:
    """What an agent is shown: a provider asks them for so much on their phone, the fee included."""

    amount: Money
    provider: str


class FloatPurchase(Operation[FloatAsked], SettledLater):
    """Float for mobile money."""

    name: ClassVar[str] = "float_purchase"
    receipt = FloatAsked

    def quote(self, tenant: Tenant, *, agent: Agent, provider: str, amount: Money) -> Quote:
        """`provider` is the wallet's name, as the agent reads it."""
        fee_minor = tenant.fee_minor(self.name, amount.amount_minor, level=agent.level)
        return Quote(
            self.name,
            agent.subscriber_id,
            amount,
            Money(fee_minor, amount.currency),
            is_fee_on_top=True,
            detail={
                "provider": provider,
                "day_limit_minor": tenant.limit_minor(
                    self.name, "day_maximum", 0, level=agent.level
                ),
            },
        )

    def settle(self, tx: Tx, *, tenant: Tenant, intent: Intent) -> None:
        """As `SettledLater.settle`. Raises AgentOnHold where the float alone is frozen: then the
        money stays in the agent's wallet."""
        agent_id, currency, entry_id = intent.subscriber_id, intent.currency, uuid7()
        wallet_id = ledger.account_id(agent_id, ledger.WALLET, currency)
        float_id = ledger.account_id(agent_id, ledger.FLOAT, currency)
        try:
            posted = agreed.post(
                *(tx, intent),
                kind=self.name,
                given_id=wallet_id,
                taken_id=float_id,
                tenant_id=tenant.id,
                detail=intent.quote,
                entry_id=entry_id,
            )
        except FrozenAccount:
            tx.undo()
            if not people.is_frozen(tx, agent_id):
                raise AgentOnHold from None
            raise
        write_text(
            tx,
            subscriber_id=agent_id,
            service_id=uuid.UUID(intent.quote["service"]),
            message=FloatBought(
                amount=Money(intent.amount_minor, currency),
                fee=Money(intent.fee_minor, currency),
                provider=str(intent.quote["provider"]),
                reference=posted.reference,
                float=Money(posted.balances[float_id], currency),
                at=clock.now(),
            ),
            entry_id=entry_id,
        )
        intents.finish(tx, intent.id, entry_id)


FLOAT_PURCHASE: Final = FloatPurchase()
