"""Money into a person's wallet by mobile money, and out of it: what is asked and what it costs.

Both are begun by `core/payments/payments.py`, and posted when the provider says that money moved.
"""

import uuid
from typing import ClassVar, Final

from core.db.database import Tx
from core.money.operations import Operation, Quote
from core.payments.payments import Asked
from core.payments.wallets import Wallet
from core.tenants.directory import Tenant
from values.money import Money


class _ByMobileMoney(Operation[Asked]):
    receipt = Asked

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Asked:
        """Never at once: a wallet has to be named, and a phone to be asked."""
        raise NotImplementedError


class Deposit(_ByMobileMoney):
    """Into the wallet. The fee is taken out of the amount."""

    name: ClassVar[str] = "deposit"

    def quote(self, tenant: Tenant, wallet: Wallet, amount: Money) -> Quote:
        fee_minor = tenant.fee_minor(self.name, amount.amount_minor)
        return Quote(
            self.name,
            wallet.service_id,
            amount,
            Money(fee_minor, amount.currency),
            is_fee_on_top=False,
            detail={"provider": wallet.name, "fee": "included"},
        )


class Withdrawal(_ByMobileMoney):
    """Out of the wallet. The fee comes on top of the amount."""

    name: ClassVar[str] = "withdraw"

    def quote(self, tenant: Tenant, wallet: Wallet, amount: Money) -> Quote:
        fee_minor = tenant.fee_minor(self.name, amount.amount_minor)
        return Quote(
            self.name,
            wallet.service_id,
            amount,
            Money(fee_minor, amount.currency),
            is_fee_on_top=True,
            detail={"provider": wallet.name},
        )


DEPOSIT: Final = Deposit()
WITHDRAW: Final = Withdrawal()
