"""Float goes down from a super-agent to an agent and on to an assistant, and back up again.

Who sells or gives back confirms it with their PIN; it is then held until the other side takes it
(`float_offers`). What the other side has asked for is theirs at once (`float_asks`). The fee comes
on top of the amount, so that what arrives is what was named. Cash or a bank transfer for it is
between the two.
"""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.agents import agents, float_asks, float_offers, float_posting
from core.agents.agents import Agent
from core.agents.errors import AgentOnHold, NobodyAbove, NotYourAgent
from core.agents.float_asks import FloatAsk
from core.db.database import Tx
from core.money import day_limits, intents
from core.money.day_limits import Usage
from core.money.intents import Intent
from core.money.operations import PaidAtOnce, Quote
from core.people import people
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values.ids import reference_of, uuid7
from values.money import Money


@dataclass(frozen=True, slots=True)
class Peer:
    """The agent at the other side, as they are shown: name and code."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class FloatMoved:
    """The receipt of the agent who gives float. `reference` is empty while it waits to be taken.
    `float` is what they have left to use; None where it was done before, and this only shows it
    again."""

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
        """As `PaidAtOnce.pay`: held, until it is taken. Raises FloatTooLow and AgentOnHold, too."""
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=None)
        if not is_ours:
            return _receipt(intent)
        _require_taker(tx, intent)
        _count(tx, tenant, intent)
        return _receipt(intent, float_offers.offer(tx, intent=intent, day=tenant.today()))


class FloatSale(FloatMove):
    """Down: to somebody who works for the seller."""

    name: ClassVar[str] = "float_sale"


class FloatReturn(FloatMove):
    """Up: to the one whom the giver works for."""

    name: ClassVar[str] = "float_return"


class FloatGrant(FloatSale):
    """A sale that the other side has asked for, and takes by that."""

    def quote_asked(self, tenant: Tenant, *, agent: Agent, agent_name: str, ask: FloatAsk) -> Quote:
        other = Peer(ask.asker_id, ask.asker)
        quote = self.quote(
            tenant, agent=agent, agent_name=agent_name, other=other, amount=ask.amount
        )
        quote.detail["ask"] = str(ask.id)
        return quote

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> FloatMoved:
        """As `PaidAtOnce.pay`. Raises FloatTooLow, AgentOnHold and AskGone, too."""
        entry_id = uuid7()
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=entry_id)
        if not is_ours:
            return _receipt(intent)
        _require_taker(tx, intent)
        _count(tx, tenant, intent)
        float_asks.give(tx, uuid.UUID(str(intent.quote["ask"])), subscriber_id, entry_id=entry_id)
        posted = float_posting.post(tx, tenant_id=tenant.id, intent=intent, entry_id=entry_id)
        left = posted.balances[float_posting.float_of(subscriber_id, intent.currency)]
        return _receipt(intent, Money(left, intent.currency))


FLOAT_SALE: Final = FloatSale()
FLOAT_RETURN: Final = FloatReturn()
FLOAT_GRANT: Final = FloatGrant()


def _receipt(intent: Intent, left: Money | None = None) -> FloatMoved:
    return FloatMoved(
        agent=str(intent.quote["name"]),
        amount=Money(intent.amount_minor, intent.currency),
        fee=Money(intent.fee_minor, intent.currency),
        reference=reference_of(intent.entry_id) if intent.entry_id else "",
        float=left,
    )


def _require_taker(tx: Tx, intent: Intent) -> None:
    if agents.is_frozen(tx, intent.payee_id):
        raise AgentOnHold


def _count(tx: Tx, tenant: Tenant, intent: Intent) -> None:
    """Towards the limit of a day. What is not taken in the end is given back to it."""
    limit_minor = int(intent.quote["day_limit_minor"])
    if limit_minor:
        day, amount_minor = tenant.today(), intent.amount_minor
        usage = Usage(intent.subscriber_id, intent.operation, day, amount_minor, limit_minor)
        day_limits.count(tx, usage, currency=intent.currency)


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
