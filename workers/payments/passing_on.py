"""Passes the payer's code on to a provider that waits for one, once."""

import logging
from typing import Final

from core.outbox import outbox
from core.payments import codes, outcomes, payments
from providers.contracts.messages import NotSent, Refused
from providers.contracts.payments import NextStep, PaymentAccepted, TakesCode
from workers.payments.step import Step
from workers.process import where

log = logging.getLogger(__name__)

WRONG_CODE: Final = "wrong_code"


class PassingOn(Step):
    """Of a payment whose payer has given the code that their network gave them."""

    def pass_on(self) -> None:
        """The payer's code goes to the provider, once; what becomes of it, the status says."""
        payment, keys = self.payment, self.context.keys
        with self.transaction() as tx:
            code = codes.take(tx, keys, payment)
        if code is None:
            self.done()  # another worker has it, and asks on
            return
        account = self.account()
        assert isinstance(account, TakesCode), "it was asked for"
        try:
            taken = account.submit_code(payment.reference, code)
        except NotSent:
            with self.transaction() as tx:
                codes.put_back(tx, keys, payment, code)
                self.submit_again(tx)
        except Refused as error:
            log.info("the code of payment %s was refused: %s", payment.id, error.code)
            self._code_refused(is_wrong=error.code == WRONG_CODE)
        except Exception as error:
            log.info("what became of a code of payment %s: %s", payment.id, where(error))
            self._code_left()
        else:
            self._code_left(taken)

    def _code_left(self, taken: PaymentAccepted | None = None) -> None:
        with self.transaction() as tx:
            codes.has_left(tx, self.payment)
            if taken is not None and taken.next_step is NextStep.GIVE_CODE:  # another one
                source, code_s = taken.code_source, self.plan.code_s
                codes.await_code(tx, self.by.tenant, self.payment, source, for_s=code_s)
            self.ask_again(tx, 0)

    def _code_refused(self, *, is_wrong: bool) -> None:
        """A wrong one may be followed by another; of all else the status says what became of it."""
        with self.transaction() as tx:
            payment = payments.lock(tx, self.payment.id)
            assert payment is not None
            code_s = self.plan.code_s
            may_go_on = not is_wrong or codes.refused(tx, self.by.tenant, payment, for_s=code_s)
            if may_go_on or not payment.is_open:
                self.ask_again(tx, 0)
                return
            outcomes.fail(tx, self.by, payment, WRONG_CODE)
            outbox.done(tx, self.held.outbox_id)
