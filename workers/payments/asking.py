"""Asks the provider what became of a payment, and takes its word."""

import logging
from dataclasses import replace
from typing import Final

from core.money.errors import FrozenAccount
from core.outbox import outbox
from core.payments import hints, outcomes
from core.payments.lifecycle import NO_OUTCOME
from core.payments.outcomes import Deciding, ProviderState, ProviderStatus
from core.payments.payments import COLLECTION
from providers.contracts.messages import SendError
from providers.contracts.payments import PaymentKind, PaymentStatus, Reason
from values.refusals import BusinessError
from workers.payments.said import status_of
from workers.payments.step import UNDECIDED, Step

log = logging.getLogger(__name__)

# The provider says for certain that it never had it, and its time for it is over.
NEVER_ARRIVED: Final = "never_arrived"
NOT_OPENED: Final = "page_not_opened"
NOT_GIVEN: Final = "code_not_given"


class Asking(Step):
    """Of a payment that was sent, or has ended and may have been told of since."""

    def ask(self) -> None:
        """Ask the provider, and take its word."""
        kind = PaymentKind(self.payment.kind)
        try:
            account = self.account()
            with self.call(f"{kind.value}_status"):
                answer = account.status(
                    kind, self.payment.reference, self.payment.provider_id or ""
                )
        except SendError as error:
            log.info("no status of payment %s: %s", self.payment.id, error.code)
            answer = None
        status = (
            status_of(answer, self.payment) if answer else ProviderStatus(ProviderState.UNKNOWN)
        )
        if self._never_arrived(answer):
            self.fail(NEVER_ARRIVED, UNDECIDED)
            return
        try:
            self._decide(self.by, status)
        except FrozenAccount:
            self._decide(replace(self.by, held_back=True), status)
        except BusinessError:
            try:
                self._decide(replace(self.by, plainly=True), status)
            except FrozenAccount:
                self._decide(replace(self.by, held_back=True), status)

    def _never_arrived(self, answer: PaymentStatus | None) -> bool:
        """A prompt that its provider does not know when its time is over was never there. Of a
        payout that is for staff to say."""
        payment = self.payment
        is_unknown = answer is not None and answer.reason is Reason.NO_SUCH_PAYMENT
        may_end = payment.is_open or payment.reason == NO_OUTCOME
        return is_unknown and payment.kind == COLLECTION and may_end and self.is_over

    def _decide(self, by: Deciding, status: ProviderStatus) -> None:
        with self.transaction() as tx:
            if status.by_callbacks:
                status = hints.completed(tx, self.payment, status)
            before = outcomes.decide(tx, by, self.payment.id, status)
            has_failed = status.state in (ProviderState.FAILED, ProviderState.EXPIRED)
            if status.state is ProviderState.PAID or (has_failed and before.is_open):
                outbox.done(tx, self.held.outbox_id)
                return
            is_pending = before.is_open and status.state is ProviderState.PENDING
            if is_pending and self.is_over and (self.has_page or self.wants_code):
                # Nobody has opened it, or given a code; who does so later is in review.
                reason = NOT_OPENED if self.has_page else NOT_GIVEN
                outcomes.fail(tx, by, before, reason, is_late=True)
                outbox.done(tx, self.held.outbox_id)
                return
            if self.is_over and before.is_open:
                outcomes.give_up_asking(tx, by, self.payment.id)
            waits = before.is_open or before.reason == NO_OUTCOME
            if waits and self.sent_s < self.plan.late_until_s:
                self.ask_again(tx, self.sent_s)
            else:
                outbox.done(tx, self.held.outbox_id)
