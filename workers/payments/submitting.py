"""Sends a payment, once: marked as sent, committed, and then the request leaves."""

import logging
from typing import Any, Final

from core.outbox import outbox
from core.payments import codes, outcomes, payments, wallets
from core.payments.lifecycle import OPEN_PAGE
from core.payments.payments import COLLECTION, DISBURSEMENT
from providers.contracts.messages import NotSent, Refused, SendError
from providers.contracts.payments import (
    Collection,
    Disbursement,
    NextStep,
    PaymentAccepted,
    Payments,
    Refund,
    sentence,
)
from values.alarms import raise_alarm
from workers.payments.said import may_be_texted
from workers.payments.step import NO_WORD, NOT_YET, Step, age_s
from workers.process import where

log = logging.getLogger(__name__)

HOOK: Final = "payment"
TOO_LATE: Final = "too_late"


class Submitting(Step):
    """Of a payment that was written down."""

    def submit(self) -> None:
        payment, breaker = self.payment, self.context.breaker
        is_prompt = payment.kind == COLLECTION
        within_s = self.plan.submit_within_s if is_prompt else self.plan.pay_within_s
        if age_s(payment.created_at) > within_s:
            self.fail(TOO_LATE, NOT_YET)
            return
        wait_s = breaker.wait_s(self.name)
        if wait_s > 0:
            self.again(wait_s)
            return
        try:
            asked = self._asked()
            account = self.account()
        except Refused as refused:
            self._refused(refused, NOT_YET)
            return
        with self.transaction() as tx:
            if not payments.submit(tx, self.held):
                return
        try:
            with self.call(payment.kind):
                taken = send(account, asked)
        except NotSent as error:
            self._not_sent(error)
        except Refused as error:
            self._refused(error, NO_WORD)
        except Exception as error:
            self._lost(error)
        else:
            self._taken(taken)

    def _asked(self) -> Collection | Disbursement | Refund:
        """What goes out. The number exists from here to the request, and nowhere else."""
        payment, tenant = self.payment, self.service.tenant
        number = payment.party(self.context.keys)
        url = self.context.accounts.callback_url(self.service, HOOK)
        words: dict[str, Any] = {
            "purpose": tenant.name,
            "memo": payment.operation,
            "callback_url": url,
        }
        if payment.kind == COLLECTION:
            return Collection(payment.reference, number, payment.amount, **words)
        if payment.kind == DISBURSEMENT:
            return Disbursement(payment.reference, number, payment.amount, **words)
        with self.transaction() as tx:
            paid, paid_id = payments.collected(tx, payment)
        return Refund(
            *(payment.reference, paid, payment.amount),
            **words,
            collection_id=paid_id,
            is_whole=True,
        )

    def _taken(self, taken: PaymentAccepted) -> None:
        """The request has arrived. A page that the person has to open, they are texted, and that a
        code is wanted of them. Where neither can be, it fails, and no money moves."""
        was_away = self.context.breaker.recovers(self.name)
        self.context.breaker.close(self.name)
        wants_code = taken.next_step is NextStep.GIVE_CODE and self.takes_code
        has_page = taken.next_step is NextStep.OPEN_PAGE and may_be_texted(taken.page_url)
        with self.transaction() as tx:
            waits_for = OPEN_PAGE if has_page else None
            payments.accepted(tx, self.payment.id, taken.provider_id, waits_for=waits_for)
            if wants_code:
                source, code_s = taken.code_source, self.plan.code_s
                codes.await_code(tx, self.by.tenant, self.payment, source, for_s=code_s)
            if was_away:
                wallets.say_back(tx, self.service.id, self.payment.kind)
            if has_page:
                page_s = self.plan.page_s
                outcomes.send_page(tx, self.by, self.payment, taken.page_url, for_s=page_s)
            if has_page or wants_code or taken.next_step is NextStep.APPROVE:
                self.ask_again(tx, 0)
                return
            payment = payments.lock(tx, self.payment.id)
            assert payment is not None
            outcomes.fail(tx, self.by, payment, f"needs_{taken.next_step.value}")
            outbox.done(tx, self.held.outbox_id)

    def _not_sent(self, error: NotSent) -> None:
        pause_s = self.trip()
        with self.transaction() as tx:
            payments.put_back(tx, self.payment.id, error.code)
            wallets.say_away(tx, self.service.id, self.payment.kind, pause_s)
            self.submit_again(tx, pause_s)

    def _refused(self, error: Refused, only: tuple[str, ...]) -> None:
        """No money will move. Where it may help to ask again, the same request goes again."""
        if error.alarm:
            raise_alarm(
                log,
                "payment_refused",
                f"{self.payment.wallet} {error.code}",
                f"{self.service.provider} refuses payments of {self.payment.wallet}:"
                f" {sentence(error)}",
                tenant_id=self.tenant_id,
            )
        if error.retryable:
            with self.transaction() as tx:
                payments.put_back(tx, self.payment.id, error.code)
                self.submit_again(tx)
            return
        self.fail(error.code, only)

    def _lost(self, error: Exception) -> None:
        pause_s = self.trip()
        code = error.code if isinstance(error, SendError) else where(error)
        with self.transaction() as tx:
            payments.lost(tx, self.payment.id, code)
            wallets.say_away(tx, self.service.id, self.payment.kind, pause_s)
            self.ask_again(tx, 0)


def send(account: Payments, asked: Collection | Disbursement | Refund) -> PaymentAccepted:
    if isinstance(asked, Collection):
        return account.collect(asked)
    if isinstance(asked, Disbursement):
        return account.disburse(asked)
    return account.refund(asked)
