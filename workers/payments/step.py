"""One step of a payment that a worker has claimed: what sending and asking have in common."""

import uuid
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from core.db.database import Deadline, Tx
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.payments import outcomes, payments
from core.payments.lifecycle import GIVE_CODE, OPEN_PAGE
from core.payments.outcomes import Deciding
from core.payments.payments import Payment
from core.tenants.directory import Service
from providers import registry
from providers.contracts.payments import Payments, TakesCode
from values import clock
from workers.calls import provider_call
from workers.jobs.context import Context

STEP_DEADLINE_S: Final = 10.0
# In which states a payment fails: before it is sent; by the answer to its request, unless the
# provider has said more meanwhile; and because nobody knows of it.
NOT_YET: Final = ("created",)
NO_WORD: Final = ("submitted", "unknown")
UNDECIDED: Final = ("submitted", "pending", "unknown", "review")


class Step:
    """A claimed payment, its provider's account, and how the step may end."""

    def __init__(
        self,
        context: Context,
        tenant_id: uuid.UUID,
        held: Claim,
        payment: Payment,
        service: Service,
    ) -> None:
        self.context = context
        self.tenant_id = tenant_id
        self.held = held
        self.payment = payment
        self.service = service
        self.plan = context.plan
        self.by = Deciding(context.keys, service.tenant, context.operations)

    def account(self) -> Payments:
        return self.context.accounts.payments(self.service)

    def call(self, operation: str) -> AbstractContextManager[None]:
        """A request to the provider, timed and kept for staff to read."""
        return provider_call(self.context.wire, self.tenant_id, self.service.provider, operation)

    @property
    def name(self) -> str:
        """What the breaker knows: the account, and what is asked of it."""
        return f"{self.context.accounts.name(self.service)} {self.payment.kind}"

    def trip(self) -> float:
        return self.context.breaker.trip(self.name)

    @property
    def has_page(self) -> bool:
        return self.payment.state == "pending" and self.payment.reason == OPEN_PAGE

    @property
    def wants_code(self) -> bool:
        return self.payment.state == "pending" and self.payment.reason == GIVE_CODE

    @property
    def takes_code(self) -> bool:
        return isinstance(self.account(), TakesCode)

    @property
    def _expires_s(self) -> float | None:
        if self.has_page:
            return self.plan.page_s
        if self.wants_code:
            return self.plan.code_s
        return registry.find(self.service.provider).payment_expires_s

    @property
    def sent_s(self) -> float:
        """How long ago the request left."""
        return age_s(self.payment.submitted_at or self.payment.created_at)

    @property
    def is_over(self) -> bool:
        return self.sent_s > self.plan.over_s(self._expires_s)

    def ask_again(self, tx: Tx, age_s: float) -> None:
        delay_s = self.plan.next_s(age_s, self._expires_s)
        outbox.again(tx, self.held, delay_s=delay_s, tried=False)

    def again(self, delay_s: float) -> None:
        with self.transaction() as tx:
            outbox.again(tx, self.held, delay_s=delay_s, tried=False)

    def fail(self, reason: str, only: tuple[str, ...]) -> None:
        """It has failed, if it is still as this worker knew it: where another worker went on with
        it meanwhile, its provider is asked."""
        with self.transaction() as tx:
            payment = payments.lock(tx, self.payment.id)
            assert payment is not None
            if payment.state not in only:
                self.ask_again(tx, 0)
                return
            outcomes.fail(tx, self.by, payment, reason)
            outbox.done(tx, self.held.outbox_id)

    def done(self) -> None:
        with self.transaction() as tx:
            outbox.done(tx, self.held.outbox_id)

    def transaction(self) -> AbstractContextManager[Tx]:
        return self.context.database.transaction(self.tenant_id, Deadline(STEP_DEADLINE_S))

    def submit_again(self, tx: Tx, at_least_s: float = 0.0) -> None:
        delay_s = max(at_least_s, self.plan.submit_next_s(age_s(self.payment.created_at)))
        outbox.again(tx, self.held, delay_s=delay_s, tried=False)


def age_s(since: datetime) -> float:
    """Seconds since then, by the clock of this process."""
    return (clock.now() - since).total_seconds()
