"""A shop pays back what it bought on credit, from its wallet or with mobile money that comes in."""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import intents, ledger
from core.money.errors import StillWaiting
from core.money.intents import Intent
from core.money.ledger import Line
from core.money.operations import PaidAtOnce, Quote, SettledLater
from core.orders import billing
from core.orders.credit import accounts
from core.orders.credit.allocation import allocate
from core.orders.credit.messages import CreditRepaid
from core.orders.errors import MoreThanOwed
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money

REPAYMENT: Final = "credit_repayment"
LATE_FEES_OWED: Final = "late_fees_owed"
BY_SHOP: Final = "shop"


@dataclass(frozen=True, slots=True)
class Repaid:
    """The receipt. `owed` is what is still owed, None where it was paid before."""

    amount: Money
    reference: str
    owed: Money | None


class RepayCredit(PaidAtOnce[Repaid], SettledLater):
    """No fee. The payee is the shop itself: what it owes is its own."""

    name: ClassVar[str] = "repay_credit"
    receipt = Repaid
    minimum_minor: ClassVar[int] = 1

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Repaid:
        """As `PaidAtOnce.pay`. Raises MoreThanOwed, too; StillWaiting where a phone was asked."""
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=uuid7())
        if intent.entry_id is None:
            raise StillWaiting
        owed = self._post(tx, intent, intent.entry_id) if is_ours else None
        amount = Money(intent.amount_minor, intent.currency)
        return Repaid(amount, reference_of(intent.entry_id), owed)

    def settle(self, tx: Tx, *, tenant: Tenant, intent: Intent) -> None:
        """As `SettledLater.settle`. Raises MoreThanOwed, too."""
        entry_id = uuid7()
        self._post(tx, intent, entry_id)
        intents.finish(tx, intent.id, entry_id)

    def _post(self, tx: Tx, intent: Intent, entry_id: uuid.UUID) -> Money:
        shop, currency, amount = intent.subscriber_id, intent.currency, intent.amount_minor
        tx.execute(
            "SELECT 1 FROM shop_order WHERE tenant_id = current_tenant() AND subscriber_id = %s"
            " AND payment = 'credit' AND due_on IS NOT NULL ORDER BY id FOR UPDATE",
            (shop,),
        )
        dues = accounts.dues(tx, shop)
        owed_minor = sum(one.both_minor for one in dues)
        if amount > owed_minor:
            raise MoreThanOwed(owed_minor=owed_minor, currency=currency)
        shares = allocate(dues, amount, accounts.terms(tx).repaid)
        invoices = sum(one.invoice_minor for one in shares)
        fees = sum(one.late_fee_minor for one in shares)
        wallet = ledger.account_id(shop, ledger.WALLET, currency)
        lines = [Line(wallet, -amount)]
        if invoices:
            lines.append(Line(ledger.account_id(shop, billing.RECEIVABLE, currency), invoices))
        if fees:
            lines.append(Line(ledger.account_id(shop, LATE_FEES_OWED, currency), fees))
        posted = ledger.post(
            tx,
            key=f"{ledger.INTENT_KEY}{intent.id}",
            kind=REPAYMENT,
            lines=lines,
            currency=currency,
            actor_id=shop,
            detail={"fee_minor": 0},
            entry_id=entry_id,
        )
        for share in shares:
            tx.execute(
                "INSERT INTO credit_repayment (tenant_id, entry_id, order_id, invoice_minor,"
                " late_fee_minor) VALUES (current_tenant(), %s, %s, %s, %s)",
                (entry_id, share.order_id, share.invoice_minor, share.late_fee_minor),
            )
            _paid(tx, share.order_id, share.invoice_minor, share.late_fee_minor)
        account = accounts.find(tx, shop)
        owed = Money(owed_minor - amount, currency)
        receipt = CreditRepaid(
            amount=Money(amount, currency),
            at=clock.now(),
            owed=owed,
            free=account.free if account else Money(0, currency),
            balance=Money(posted.balances[wallet], currency),
            reference=posted.reference,
        )
        write_text(
            tx,
            subscriber_id=shop,
            service_id=uuid.UUID(str(intent.quote["service"])),
            message=receipt,
            entry_id=entry_id,
        )
        return owed


def _paid(tx: Tx, order_id: uuid.UUID, invoice_minor: int, late_fee_minor: int) -> None:
    row = tx.one(
        "UPDATE shop_order SET paid_minor = paid_minor + %s,"
        " late_fee_paid_minor = late_fee_paid_minor + %s"
        " WHERE tenant_id = current_tenant() AND id = %s RETURNING delivered_minor = paid_minor,"
        " state",
        (invoice_minor, late_fee_minor, order_id),
    )
    assert row is not None, "it is locked"
    if row == (True, "invoiced"):
        billing.settle_paid(tx, order_id, BY_SHOP)


REPAY_CREDIT: Final = RepayCredit()


def quote(subscriber_id: uuid.UUID, amount: Money) -> Quote:
    """What a shop is asked to agree to."""
    return Quote(
        REPAY_CREDIT.name,
        subscriber_id,
        amount,
        Money(0, amount.currency),
        is_fee_on_top=True,
        detail={},
    )
