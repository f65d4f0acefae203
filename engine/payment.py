"""The steps of every payment: confirm -> PIN -> paid. An operation of the core knows the rest."""

import uuid
from abc import abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from core.money import intents
from core.money.operations import Operation, PaidAtOnce, Quote, open_quote
from engine.answers import Unanswered, decoder
from engine.fees import facts_of
from engine.flow import Flow
from engine.flow_map import FlowError
from engine.recent_duplicate import RecentDuplicate, asked_again
from engine.session import Payment, replace
from menus import sentences
from menus.answers import Amount
from menus.screens import Confirm, End, Pin
from menus.texts import Text

Receipt = TypeVar("Receipt")


class ReceiptSteps(Flow, Generic[Receipt]):
    """Of flows that end with a receipt: kept once, shown by `paid`, and again at the next dial.

    `receipt` is its type.
    """

    receipt: ClassVar[Any]

    def pin(self) -> Pin:
        return Pin()

    def keep(self, receipt: Receipt) -> None:
        """Keep what was done, and remember it in words."""
        self._pay(receipt=receipt)
        self.remember(self.receipt_text(receipt))

    def kept(self) -> Receipt:
        """The receipt. Raises Unanswered before there is one."""
        kept = self.payment.receipt
        if kept is None:
            raise Unanswered("nothing was done")
        receipt: Receipt = kept if isinstance(kept, self.receipt) else decoder(self.receipt)(kept)
        return receipt

    @abstractmethod
    def receipt_text(self, receipt: Receipt) -> Text:
        """What was done, in a sentence: shown at the next dial where this one's end was lost."""

    def paid(self) -> End:
        return End(self.receipt_text(self.kept()))

    @property
    def payment(self) -> Payment:
        return self._session.payment

    @property
    def approval_id(self) -> uuid.UUID:
        """The sale that waits for its customer, and that this flow ends. Raises Unanswered."""
        if not self.payment.approval:
            raise Unanswered("no sale was chosen")
        return uuid.UUID(self.payment.approval)

    def take_up(self, approval_id: uuid.UUID) -> None:
        """This flow is about that sale: a call that is dropped asks what became of it."""
        self._pay(approval=str(approval_id))

    def _pay(self, **changes: Any) -> None:
        self._session = replace(self._session, payment=replace(self.payment, **changes))


class PaymentSteps(ReceiptSteps[Receipt]):
    """confirm -> PIN -> paid. Mixed into a flow that asks what is to be paid, and says:

    - `operation`, the operation of the core that it pays by; where it is not paid at once, `pay`
      says what is done instead;
    - `quote`, what its confirmation shows, and `question`, the sentence above it;
    - `receipt_text`, and `paid_text` where the end says more than that.
    """

    operation: Operation[Receipt]
    question_steps: ClassVar[list[Any]] = [
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        {"trigger": "answer", "source": "confirm", "dest": "cancelled", "before": "give_up"},
    ]
    transitions: ClassVar[list[Any]] = [
        *question_steps,
        {"trigger": "answer", "source": "pin", "dest": "paid", "before": "pay"},
    ]

    def __init_subclass__(cls) -> None:
        if hasattr(cls, "operation"):
            cls.receipt = cls.operation.receipt
            if cls.pay is PaymentSteps.pay and not isinstance(cls.operation, PaidAtOnce):
                raise FlowError(f"{cls.__name__}: {cls.operation.name} is not paid at once")
        super().__init_subclass__()

    @abstractmethod
    def quote(self) -> Quote:
        """What is to be paid, from the answers. Raises what the operation refuses."""

    @abstractmethod
    def question(self) -> Text:
        """What the confirmation asks."""

    def paid_text(self, receipt: Receipt) -> Text:
        """What the end says."""
        return self.receipt_text(receipt)

    def amount_in_limits(self, level: str = "") -> Amount:
        """An amount that the tenant allows, for somebody of that level of agents."""
        limits = self.operation.limits(self.tenant, level=level)
        return Amount(self.currency, limits.minimum_minor, limits.maximum_minor)

    # -- states ------------------------------------------------------------------------------------

    def confirm(self) -> Confirm:
        """The quote is written down as an intent before it is shown. Shown again unchanged (a wrong
        key, another page), it stays the same intent."""
        quote = self.quote()
        if not self.payment.intent or self.payment.quote != quote.key:
            # Committed with what it answers: one that nobody sees is void with the next.
            opened = self.context.single_write(
                open_quote,
                quote,
                subscriber_id=self.caller_id,
                session=self.context.session_hash,
                service_id=self.context.service.id,
            )
            self._pay(
                intent=str(opened.id),
                quote=quote.key,
                duplicate_age_s=opened.duplicate_age_s,
                duplicate_waits=opened.duplicate_waits,
            )
        duplicate = None
        if self.payment.duplicate_age_s is not None:
            duplicate = RecentDuplicate(self.payment.duplicate_age_s, self.payment.duplicate_waits)
        return Confirm(asked_again(duplicate, self.question()), facts_of(quote))

    def paid(self) -> End:
        return End(self.paid_text(self.kept()))

    def cancelled(self) -> End:
        return End(sentences.CANCELLED)

    # -- hooks -------------------------------------------------------------------------------------

    def pay(self) -> None:
        context, operation = self.context, self.operation
        assert isinstance(operation, PaidAtOnce), "looked at when the class was made"
        self.keep(
            context.write(
                operation.pay,
                tenant=context.tenant,
                intent_id=self.intent_id,
                subscriber_id=self.caller_id,
            )
        )

    @property
    def intent_id(self) -> uuid.UUID:
        """What the confirmation showed. Raises Unanswered."""
        if not self.payment.intent:
            raise Unanswered("nothing was confirmed")
        return uuid.UUID(self.payment.intent)

    def give_up(self) -> None:
        """The confirmation was answered with No."""
        self.write(intents.void, self.intent_id, self.caller_id)
        self._pay(intent="", quote=None)
