"""Contributions: a member pays into a savings group, from the wallet."""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.db.connection import BINARY, TEXT, Prepared
from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import agreed, intents, ledger
from core.money.day_limits import DayLimit
from core.money.errors import FrozenAccount, StillWaiting
from core.money.intents import Intent
from core.money.ledger import Posted
from core.money.operations import PaidAtOnce, Quote, SettledLater
from core.savings import groups
from core.savings.errors import GroupClosed, GroupFrozen
from core.savings.groups import Membership
from core.savings.messages import ContributionReceipt
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money

ENTRY_KIND: Final = "contribution"
_WRITE = Prepared(
    b"piga_contribution",
    b"INSERT INTO contribution (tenant_id, entry_id, group_id, subscriber_id, amount_minor,"
    b" fee_minor, currency) VALUES (current_tenant(), $1, $2, $3, $4, $5, $6)",
    (BINARY, BINARY, BINARY, TEXT, TEXT, TEXT),
)


@dataclass(frozen=True, slots=True)
class Contributed:
    """The receipt of a contribution. `balance` is what the wallet then held; None where it was paid
    before, and this only shows it again."""

    group: str
    amount: Money
    fee: Money
    reference: str
    balance: Money | None


class Contribution(PaidAtOnce[Contributed], SettledLater):
    """The fee comes on top of the amount."""

    name: ClassVar[str] = "contribute"
    receipt = Contributed

    def require_open(self, group: Membership) -> None:
        """Raises GroupFrozen. One that is frozen later is refused by its account."""
        if group.frozen:
            raise GroupFrozen

    def quote(self, tenant: Tenant, group: Membership, amount: Money) -> Quote:
        fee_minor = tenant.fee_minor(self.name, amount.amount_minor)
        return Quote(
            self.name,
            group.id,
            amount,
            Money(fee_minor, amount.currency),
            is_fee_on_top=True,
            detail={"code": group.code, "name": group.name},
        )

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Contributed:
        """As `PaidAtOnce.pay`. Raises GroupClosed, too; StillWaiting where a phone was asked."""
        limit_minor = tenant.limit_minor(self.name, "day_maximum", 0)
        intent, is_ours = intents.claim(
            tx,
            intent_id,
            subscriber_id,
            entry_id=uuid7(),
            within=DayLimit(tenant.today(), limit_minor) if limit_minor else None,
        )
        if intent.entry_id is None:
            raise StillWaiting
        balance = None
        if is_ours:
            wallet_minor = self._post(tx, tenant, intent, intent.entry_id)
            balance = Money(wallet_minor, intent.currency)
        return Contributed(
            group=str(intent.quote["name"]),
            amount=Money(intent.amount_minor, intent.currency),
            fee=Money(intent.fee_minor, intent.currency),
            reference=reference_of(intent.entry_id),
            balance=balance,
        )

    def settle(self, tx: Tx, *, tenant: Tenant, intent: Intent) -> None:
        """As `SettledLater.settle`. Raises GroupClosed, too."""
        entry_id = uuid7()
        self._post(tx, tenant, intent, entry_id)
        intents.finish(tx, intent.id, entry_id)

    def _post(self, tx: Tx, tenant: Tenant, intent: Intent, entry_id: uuid.UUID) -> int:
        """Post it and write the member's receipt. Answers what the wallet then holds."""
        try:
            posted = post(tx, intent=intent, entry_id=entry_id, tenant_id=tenant.id)
        except FrozenAccount:
            tx.undo()
            if groups.is_frozen(tx, intent.payee_id):
                raise GroupClosed from None
            raise
        currency = intent.currency
        balance_minor = posted.balances[
            ledger.account_id(intent.subscriber_id, ledger.WALLET, currency)
        ]
        write_text(
            tx,
            subscriber_id=intent.subscriber_id,
            service_id=uuid.UUID(intent.quote["service"]),
            message=ContributionReceipt(
                amount=Money(intent.amount_minor, currency),
                fee=Money(intent.fee_minor, currency),
                group=str(intent.quote["name"]),
                reference=posted.reference,
                balance=Money(balance_minor, currency),
                at=clock.now(),
            ),
            entry_id=entry_id,
        )
        return balance_minor


CONTRIBUTE: Final = Contribution()


def post(tx: Tx, *, intent: Intent, entry_id: uuid.UUID, tenant_id: uuid.UUID) -> Posted:
    """Move a claimed intent's money from the wallet into the member's savings in the group.

    One round trip, and a row that goes with the COMMIT. Raises what `ledger.post` raises.
    """
    payer, group_id, currency = intent.subscriber_id, intent.payee_id, intent.currency
    posted = agreed.post(
        *(tx, intent),
        kind=ENTRY_KIND,
        given_id=ledger.account_id(payer, ledger.WALLET, currency),
        taken_id=ledger.savings_account_id(group_id, payer, currency),
        tenant_id=tenant_id,
        detail=intent.quote,
        entry_id=entry_id,
    )
    tx.defer_run(
        _WRITE,
        (
            *(entry_id.bytes, group_id.bytes, payer.bytes),
            *(b"%d" % intent.amount_minor, b"%d" % intent.fee_minor, currency.encode()),
        ),
    )
    return posted
