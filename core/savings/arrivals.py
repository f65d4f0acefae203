"""Contributions that arrive from outside, as a network's text or an officer tells of them."""

import uuid
from typing import ClassVar, Final

from core.db.database import Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.ledger import Line, Posted
from core.money.purposes import Payee, Purpose
from core.savings import groups
from core.savings.messages import ContributionReceipt
from values import clock
from values.ids import uuid7
from values.money import Money


class ArrivedContribution(Purpose):
    """A member's contribution to a group. The subject is the group."""

    name: ClassVar[str] = "contribution"

    def payees(self, tx: Tx, subscriber_id: uuid.UUID) -> list[Payee]:
        return [
            Payee(self.name, subscriber_id, group.id, f"{group.code} {group.name}")
            for group in groups.of_member(tx, subscriber_id)
            if not group.frozen
        ]

    def subject(self, tx: Tx, code: str) -> uuid.UUID | None:
        row = tx.one(
            "SELECT id FROM savings_group WHERE tenant_id = current_tenant() AND code = upper(%s)",
            (code,),
        )
        return row[0] if row else None

    def book(self, tx: Tx, payee: Payee, amount: Money, *, key: str) -> Posted:
        member, group_id, currency = payee.subscriber_id, payee.subject_id, amount.currency
        row = tx.one(
            "SELECT name FROM savings_group WHERE tenant_id = current_tenant() AND id = %s",
            (group_id,),
        )
        assert row is not None, "a payee's group is there"
        wallet = ledger.account_id(member, ledger.WALLET, currency)
        savings = ledger.savings_account_id(group_id, member, currency)
        entry_id = uuid7()
        posted = ledger.post(
            tx,
            key=key,
            kind="contribution",
            lines=[Line(wallet, -amount.amount_minor), Line(savings, amount.amount_minor)],
            currency=currency,
            actor_id=member,
            detail={"name": str(row[0]), "fee_minor": 0, "arrived": True},
            entry_id=entry_id,
        )
        if not posted.was_new:
            return posted
        tx.execute(
            "INSERT INTO contribution (tenant_id, entry_id, group_id, subscriber_id, amount_minor,"
            " fee_minor, currency) VALUES (current_tenant(), %s, %s, %s, %s, 0, %s)",
            (entry_id, group_id, member, amount.amount_minor, currency),
        )
        receipt = ContributionReceipt(
            amount=amount,
            fee=Money(0, currency),
            group=str(row[0]),
            reference=posted.reference,
            balance=Money(posted.balances[wallet], currency),
            at=clock.now(),
        )
        write_notice(tx, member, receipt, entry_id=entry_id)
        return posted


ARRIVED_CONTRIBUTION: Final = ArrivedContribution()
