"""A customer takes cash from an agent: out of their wallet, into the agent's float.

The customer asks for it on their own phone and confirms it with their own PIN; the agent gives the
cash when their own text says so. The fee comes on top of the amount.
"""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.agents import agents, commission
from core.agents.commission import COMMISSION_OF_CASH_OUT
from core.agents.errors import AgentGivesNoCash, CashNumberIsNew, NoSuchAgent
from core.agents.float_moves import Peer
from core.agents.messages import CashOutReceipt, GiveCash
from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import agreed, intents, ledger
from core.money.day_limits import DayLimit
from core.money.errors import FrozenAccount
from core.money.intents import Intent
from core.money.operations import Operation, Quote
from core.people import people
from core.people.errors import NumberIsNew
from core.people.numbers import SaidFrom
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money


@dataclass(frozen=True, slots=True)
class CashGiven:
    """The customer's receipt. `balance` is what the wallet has left; None where it was done before,
    and this only shows it again."""

    agent: str
    amount: Money
    fee: Money
    reference: str
    balance: Money | None


class CashOut(Operation[CashGiven]):
    """Cash for what is in the wallet."""

    name: ClassVar[str] = "cash_out"
    receipt = CashGiven

    def quote(self, tenant: Tenant, *, agent: Peer, customer: str, amount: Money) -> Quote:
        """`customer` is the name that the agent is told."""
        fee_minor = tenant.fee_minor(self.name, amount.amount_minor)
        return Quote(
            self.name,
            agent.id,
            amount,
            Money(fee_minor, amount.currency),
            is_fee_on_top=True,
            detail={
                "agent": agent.name,
                "customer": customer,
                "commission_minor": tenant.fee_minor(COMMISSION_OF_CASH_OUT, amount.amount_minor),
            },
        )

    def pay(
        self,
        tx: Tx,
        *,
        keys: Keyring,
        tenant: Tenant,
        intent_id: uuid.UUID,
        subscriber_id: uuid.UUID,
        address: str,
    ) -> CashGiven:
        """As `PaidAtOnce.pay`, asked for at `address` (E.164). Raises AgentGivesNoCash, too;
        NumberTakenOut where the number is not theirs, CashNumberIsNew (params: until) where its SIM
        changed lately: cash that was given does not come back."""
        limit_minor = tenant.limit_minor(self.name, "day_maximum", 0)
        intent, is_ours = intents.claim(
            tx,
            intent_id,
            subscriber_id,
            entry_id=uuid7(),
            within=DayLimit(tenant.today(), limit_minor) if limit_minor else None,
        )
        assert intent.entry_id is not None, "cash is never pending"
        balance = None
        if is_ours:
            _require_settled(tx, SaidFrom(tenant, keys.lookup(USSD, address), subscriber_id))
            balance = self._post(tx, tenant, intent, intent.entry_id)
        return CashGiven(
            agent=str(intent.quote["agent"]),
            amount=Money(intent.amount_minor, intent.currency),
            fee=Money(intent.fee_minor, intent.currency),
            reference=reference_of(intent.entry_id),
            balance=balance,
        )

    def _post(self, tx: Tx, tenant: Tenant, intent: Intent, entry_id: uuid.UUID) -> Money:
        """Post it and text both. Answers what the wallet has left."""
        customer_id, agent_id, currency = intent.subscriber_id, intent.payee_id, intent.currency
        wallet_id = ledger.account_id(customer_id, ledger.WALLET, currency)
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
            if agents.is_frozen(tx, agent_id):
                raise AgentGivesNoCash from None
            raise
        commission.accrue(
            tx,
            tenant_id=tenant.id,
            agent_id=agent_id,
            sale_id=entry_id,
            operation=self.name,
            commission=Money(int(intent.quote.get("commission_minor", 0)), currency),
        )
        amount, at = Money(intent.amount_minor, currency), clock.now()
        balance = Money(posted.balances[wallet_id], currency)
        service_id = uuid.UUID(intent.quote["service"])
        write_text(
            tx,
            subscriber_id=customer_id,
            service_id=service_id,
            message=CashOutReceipt(
                amount=amount,
                fee=Money(intent.fee_minor, currency),
                agent=str(intent.quote["agent"]),
                reference=posted.reference,
                balance=balance,
                at=at,
            ),
            entry_id=entry_id,
        )
        write_text(
            tx,
            subscriber_id=agent_id,
            service_id=service_id,
            message=GiveCash(
                amount=amount,
                customer=str(intent.quote["customer"]),
                reference=posted.reference,
                float=Money(posted.balances[float_id], currency),
                at=at,
            ),
            entry_id=entry_id,
        )
        return balance


CASH_OUT: Final = CashOut()


def _require_settled(tx: Tx, said_from: SaidFrom) -> None:
    try:
        said_from.require_settled(tx.one(*said_from.asked()))
    except NumberIsNew as new:
        raise CashNumberIsNew(**new.params) from None


def agents_at(tx: Tx, keys: Keyring, number: str, *, customer_id: uuid.UUID) -> tuple[Peer, ...]:
    """The agents at a number from whom a customer may take cash: others than they themselves.

    Raises NoSuchAgent; AgentGivesNoCash where each of them is frozen.
    """
    found = [one for one in people.identify(tx, keys, number) if one.id != customer_id]
    rows = tx.all(
        "SELECT subscriber_id, code, frozen FROM agent WHERE tenant_id = current_tenant()"
        " AND subscriber_id = ANY (%s)",
        ([one.id for one in found],),
    )
    if not rows:
        raise NoSuchAgent
    codes = {id: code for id, code, frozen in rows if not frozen}
    peers = [
        Peer(one.id, f"{one.shown_name} {codes[one.id]}")
        for one in found
        if one.id in codes and not one.frozen
    ]
    if not peers:
        raise AgentGivesNoCash
    return tuple(peers)
