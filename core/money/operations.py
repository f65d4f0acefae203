"""Operations: money that moves at somebody's word. Each exists once, in its domain.

An operation says what it allows and what it costs (`limits`, a quote). One that is `PaidAtOnce`
then does it: it counts limits, posts, and writes the messages. A phone, a page, the API, an
ingested message and a job call the same one. One that is `SettledLater` does so when its money has
come in by mobile money.
"""

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, TypeVar

from core.db.autocommit import Autocommit
from core.db.database import Tx
from core.money import intents
from core.money.intents import Intent, Opened
from core.tenants.directory import Tenant
from values.ids import uuid7
from values.money import Money

MINIMUM_MINOR: Final = 100
MAXIMUM_MINOR: Final = 500_000

Receipt = TypeVar("Receipt")


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most that may be paid at once, both included, in minor units."""

    minimum_minor: int
    maximum_minor: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person is asked to agree to, before they are asked.

    `detail` is what the payment is to know of the moment that it was quoted in: names, and limits
    in minor units. It must be JSON.
    """

    operation: str
    payee_id: uuid.UUID
    amount: Money
    fee: Money
    is_fee_on_top: bool  # else the fee is taken out of the amount
    detail: dict[str, str | int] = field(hash=False)

    @property
    def comes_to(self) -> Money:
        """What the payer gives in all; where the fee is taken out of it, what arrives."""
        fee_minor = self.fee.amount_minor if self.is_fee_on_top else -self.fee.amount_minor
        return Money(self.amount.amount_minor + fee_minor, self.amount.currency)

    @property
    def key(self) -> list[object]:
        """The same for the same quote, as JSON."""
        amount = self.amount
        return [
            self.operation,
            str(self.payee_id),
            amount.amount_minor,
            self.fee.amount_minor,
            amount.currency,
            self.detail,
        ]


class Operation(ABC, Generic[Receipt]):
    """Base of every operation.

    Class attributes: `name`, as tariffs and intents call it; `receipt`, the type that tells what
    was done; `minimum_minor` and `maximum_minor`, for tenants whose tables name none.
    """

    name: ClassVar[str]
    minimum_minor: ClassVar[int] = MINIMUM_MINOR
    maximum_minor: ClassVar[int] = MAXIMUM_MINOR
    receipt: type[Receipt]

    def limits(self, tenant: Tenant, *, level: str = "") -> Limits:
        """What may be paid at once by somebody of that level of agents, or by anybody."""
        return Limits(
            tenant.limit_minor(self.name, "minimum", self.minimum_minor, level=level),
            tenant.limit_minor(self.name, "maximum", self.maximum_minor, level=level),
        )


class PaidAtOnce(Operation[Receipt]):
    """An operation that is done when its payer says so."""

    @abstractmethod
    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Receipt:
        """Pay what an intent holds, once. One that was paid before answers its receipt again.

        Raises IntentExpired, IntentVoid, LimitReached, InsufficientFunds, FrozenAccount, and what
        the operation itself names. After any of them the transaction can only be rolled back.
        """


class SettledLater(ABC):
    """An operation that can be paid by mobile money. `name` is that of the operation."""

    name: ClassVar[str]

    @abstractmethod
    def settle(self, tx: Tx, *, tenant: Tenant, intent: Intent) -> None:
        """Pay what a pending intent holds, now that its money has come into the payer's wallet;
        with the receipt, and the intent done. It was counted towards the day's limit before the
        money was asked for, and is not counted here.

        Raises InsufficientFunds, FrozenAccount, and what the operation itself names. After any of
        them the transaction can only be rolled back.
        """


def open_quote(
    tx: Tx | Autocommit,
    quote: Quote,
    *,
    subscriber_id: uuid.UUID,
    session: str,
    service_id: uuid.UUID,
) -> Opened:
    """Write a quote down as an intent, before it is shown: `PaidAtOnce.pay` takes its id. What the
    person had open before is void. `service_id` is where they are texted from. One round trip."""
    return intents.open_intent(
        tx,
        id=uuid7(),
        subscriber_id=subscriber_id,
        session=session,
        operation=quote.operation,
        payee_id=quote.payee_id,
        amount_minor=quote.amount.amount_minor,
        fee_minor=quote.fee.amount_minor,
        currency=quote.amount.currency,
        quote={**quote.detail, "service": str(service_id)},
    )
