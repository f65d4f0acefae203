"""Money into a person's wallet by mobile money, and out of it: what is asked and what it costs.

Both are begun by `core/payments/beginning.py`, and posted when the provider says that money moved.
"""

from typing import ClassVar, Final

from core.money.operations import Operation, Quote
from core.payments.beginning import Asked
from core.payments.wallets import Wallet
from core.tenants.directory import Tenant
from values.money import Money


class ByMobileMoney(Operation[Asked]):
    """What is quoted is asked of a provider, and posted when that says so."""

    receipt = Asked
    is_fee_on_top: ClassVar[bool]

    def quote(self, tenant: Tenant, wallet: Wallet, amount: Money) -> Quote:
        fee_minor = tenant.fee_minor(self.name, amount.amount_minor)
        detail: dict[str, str | int] = {"provider": wallet.name}
        if not self.is_fee_on_top:
            detail["fee"] = "included"
        return Quote(
            self.name,
            wallet.service_id,
            amount,
            Money(fee_minor, amount.currency),
            is_fee_on_top=self.is_fee_on_top,
            detail=detail,
        )


class Deposit(ByMobileMoney):
    """Into the wallet. The fee is taken out of the amount."""

    name: ClassVar[str] = "deposit"
    is_fee_on_top: ClassVar[bool] = False


class Withdrawal(ByMobileMoney):
    """Out of the wallet. The fee comes on top of the amount."""

    name: ClassVar[str] = "withdraw"
    is_fee_on_top: ClassVar[bool] = True


DEPOSIT: Final = Deposit()
WITHDRAW: Final = Withdrawal()
