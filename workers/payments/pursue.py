"""The job that pursues a payment until it has ended: sends it once, then asks what became of it.

    created ─► mark `submitted`, COMMIT ─► the request ─► pending, failed, created again or unknown
    pending, unknown, submitted ─► the provider's status ─► paid, failed, expired, or asked again

Killed before that COMMIT, nothing has left. Killed after it, the row is found `submitted` when its
lease is over, and the status says what became of the request. A callback writes a row of its own,
so that the status is asked for at once.
"""

import logging
import uuid
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.money.errors import FrozenAccount
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.payments import codes, hints, outcomes, payments, wallets
from core.payments.lifecycle import GIVE_CODE, NO_OUTCOME, OPEN_PAGE
from core.payments.outcomes import Deciding, ProviderState, ProviderStatus
from core.payments.payments import COLLECTION, DISBURSEMENT, Payment
from core.tenants.directory import Service
from providers import registry
from providers.contracts.messages import NotSent, Refused, SendError
from providers.contracts.payments import (
    Collection,
    Disbursement,
    NextStep,
    PaymentAccepted,
    PaymentKind,
    Payments,
    PaymentStatus,
    Reason,
    Refund,
    TakesCode,
    sentence,
)
from values import clock
from values.alarms import raise_alarm
from values.refusals import BusinessError
from workers.jobs.context import Context, current
from workers.payments.said import may_be_texted, status_of
from workers.process import where

log = logging.getLogger(__name__)

HOOK: Final = "payment"
STEP_DEADLINE_S: Final = 10.0
# The provider says for certain that it never had it, and its time for it is over.
NEVER_ARRIVED: Final = "never_arrived"
TOO_LATE: Final = "too_late"
NOT_OPENED: Final = "page_not_opened"
NOT_GIVEN: Final = "code_not_given"
WRONG_CODE: Final = "wrong_code"
# In which states a payment fails: before it is sent; by the answer to its request, unless the
# provider has said more meanwhile; and because nobody knows of it.
_NOT_YET: Final = ("created",)
_NO_WORD: Final = ("submitted", "unknown")
_UNDECIDED: Final = ("submitted", "pending", "unknown", "review")


def pursue_payment(tenant_id: str, outbox_id: str) -> None:
    """Take a payment a step further. Never raises: what failed is retried by lease, and what RQ
    would keep of an exception could hold a person's data."""
    try:
        _pursue(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, CommitUnknown) as away:
        log.warning("payment %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("payment %s failed: %s", outbox_id, where(error), extra={"fault": error})


def _pursue(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        held = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
        payment = payments.get(tx, held.subject_id) if held else None
    if held is None:
        return
    assert payment is not None, "a payment is written with its row"
    service = context.directory.by_id(payment.wallet_service_id)
    if service is None:
        raise LookupError("the wallet of a payment is no service any more")
    _Pursuit(context, tenant_id, held, payment, service).go()


class _Pursuit:
    """One step of a claimed payment."""

    def __init__(
        self,
        context: Context,
        tenant_id: uuid.UUID,
        held: Claim,
        payment: Payment,
        service: Service,
    ) -> None:
        self._context = context
        self._tenant_id = tenant_id
        self._held = held
        self._payment = payment
        self._service = service
        self._plan = context.plan
        self._by = Deciding(context.keys, service.tenant, context.operations)

    def go(self) -> None:
        payment = self._payment
        if payment.state == "created":
            self._submit()
        elif payment.state == "pending" and payment.has_code and not self._is_over:
            self._pass_on()
        elif payment.is_open or payment.state in ("paid", "failed", "expired", "review"):
            self._ask()
        else:
            self._done()

    # -- sending -----------------------------------------------------------------------------------

    def _submit(self) -> None:
        payment, breaker = self._payment, self._context.breaker
        is_prompt = payment.kind == COLLECTION
        within_s = self._plan.submit_within_s if is_prompt else self._plan.pay_within_s
        if _age_s(payment.created_at) > within_s:
            self._fail(TOO_LATE, _NOT_YET)
            return
        wait_s = breaker.wait_s(self._name)
        if wait_s > 0:
            self._again(wait_s)
            return
        try:
            asked = self._asked()
            account = self._account()
        except Refused as refused:
            self._refused(refused, _NOT_YET)
            return
        with self._transaction() as tx:
            if not payments.submit(tx, self._held):
                return
        try:
            taken = _send(account, asked)
        except NotSent as error:
            self._not_sent(error)
        except Refused as error:
            self._refused(error, _NO_WORD)
        except Exception as error:
            self._lost(error)
        else:
            self._taken(taken)

    def _asked(self) -> Collection | Disbursement | Refund:
        """What goes out. The number exists from here to the request, and nowhere else."""
        payment, tenant = self._payment, self._service.tenant
        number = payment.party(self._context.keys)
        url = self._context.accounts.callback_url(self._service, HOOK)
        words: dict[str, Any] = {
            "purpose": tenant.name,
            "memo": payment.operation,
            "callback_url": url,
        }
        if payment.kind == COLLECTION:
            return Collection(payment.reference, number, payment.amount, **words)
        if payment.kind == DISBURSEMENT:
            return Disbursement(payment.reference, number, payment.amount, **words)
        with self._transaction() as tx:
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
        was_away = self._context.breaker.recovers(self._name)
        self._context.breaker.close(self._name)
        wants_code = taken.next_step is NextStep.GIVE_CODE and self._takes_code
        has_page = taken.next_step is NextStep.OPEN_PAGE and may_be_texted(taken.page_url)
        with self._transaction() as tx:
            waits_for = OPEN_PAGE if has_page else None
            payments.accepted(tx, self._payment.id, taken.provider_id, waits_for=waits_for)
            if wants_code:
                source, code_s = taken.code_source, self._plan.code_s
                codes.await_code(tx, self._by.tenant, self._payment, source, for_s=code_s)
            if was_away:
                wallets.say_back(tx, self._service.id, self._payment.kind)
            if has_page:
                page_s = self._plan.page_s
                outcomes.send_page(tx, self._by, self._payment, taken.page_url, for_s=page_s)
            if has_page or wants_code or taken.next_step is NextStep.APPROVE:
                self._ask_again(tx, 0)
                return
            payment = payments.lock(tx, self._payment.id)
            assert payment is not None
            outcomes.fail(tx, self._by, payment, f"needs_{taken.next_step.value}")
            outbox.done(tx, self._held.outbox_id)

    def _pass_on(self) -> None:
        """The payer's code goes to the provider, once; what becomes of it, the status says."""
        payment, keys = self._payment, self._context.keys
        with self._transaction() as tx:
            code = codes.take(tx, keys, payment)
        if code is None:
            self._done()  # another worker has it, and asks on
            return
        account = self._account()
        assert isinstance(account, TakesCode), "it was asked for"
        try:
            taken = account.submit_code(payment.reference, code)
        except NotSent:
            with self._transaction() as tx:
                codes.put_back(tx, keys, payment, code)
                self._submit_again(tx)
        except Refused as error:
            log.info("the code of payment %s was refused: %s", payment.id, error.code)
            self._code_refused(is_wrong=error.code == WRONG_CODE)
        except Exception as error:
            log.info("what became of a code of payment %s: %s", payment.id, where(error))
            self._code_left()
        else:
            self._code_left(taken)

    def _code_left(self, taken: PaymentAccepted | None = None) -> None:
        with self._transaction() as tx:
            codes.has_left(tx, self._payment)
            if taken is not None and taken.next_step is NextStep.GIVE_CODE:  # another one
                source, code_s = taken.code_source, self._plan.code_s
                codes.await_code(tx, self._by.tenant, self._payment, source, for_s=code_s)
            self._ask_again(tx, 0)

    def _code_refused(self, *, is_wrong: bool) -> None:
        """A wrong one may be followed by another; of all else the status says what became of it."""
        with self._transaction() as tx:
            payment = payments.lock(tx, self._payment.id)
            assert payment is not None
            code_s = self._plan.code_s
            may_go_on = not is_wrong or codes.refused(tx, self._by.tenant, payment, for_s=code_s)
            if may_go_on or not payment.is_open:
                self._ask_again(tx, 0)
                return
            outcomes.fail(tx, self._by, payment, WRONG_CODE)
            outbox.done(tx, self._held.outbox_id)

    def _not_sent(self, error: NotSent) -> None:
        pause_s = self._trip()
        with self._transaction() as tx:
            payments.put_back(tx, self._payment.id, error.code)
            wallets.say_away(tx, self._service.id, self._payment.kind, pause_s)
            self._submit_again(tx, pause_s)

    def _submit_again(self, tx: Tx, at_least_s: float = 0.0) -> None:
        delay_s = max(at_least_s, self._plan.submit_next_s(_age_s(self._payment.created_at)))
        outbox.again(tx, self._held, delay_s=delay_s, tried=False)

    def _refused(self, error: Refused, only: tuple[str, ...]) -> None:
        """No money will move. Where it may help to ask again, the same request goes again."""
        if error.alarm:
            raise_alarm(
                log,
                "payment_refused",
                f"{self._payment.wallet} {error.code}",
                f"{self._service.provider} refuses payments of {self._payment.wallet}:"
                f" {sentence(error)}",
                tenant_id=self._tenant_id,
            )
        if error.retryable:
            with self._transaction() as tx:
                payments.put_back(tx, self._payment.id, error.code)
                self._submit_again(tx)
            return
        self._fail(error.code, only)

    def _lost(self, error: Exception) -> None:
        pause_s = self._trip()
        code = error.code if isinstance(error, SendError) else where(error)
        with self._transaction() as tx:
            payments.lost(tx, self._payment.id, code)
            wallets.say_away(tx, self._service.id, self._payment.kind, pause_s)
            self._ask_again(tx, 0)

    # -- asking ------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask the provider, and take its word."""
        kind = PaymentKind(self._payment.kind)
        try:
            answer = self._account().status(
                kind, self._payment.reference, self._payment.provider_id or ""
            )
        except SendError as error:
            log.info("no status of payment %s: %s", self._payment.id, error.code)
            answer = None
        status = (
            status_of(answer, self._payment) if answer else ProviderStatus(ProviderState.UNKNOWN)
        )
        if self._never_arrived(answer):
            self._fail(NEVER_ARRIVED, _UNDECIDED)
            return
        try:
            self._decide(self._by, status)
        except FrozenAccount:
            self._decide(replace(self._by, held_back=True), status)
        except BusinessError:
            try:
                self._decide(replace(self._by, plainly=True), status)
            except FrozenAccount:
                self._decide(replace(self._by, held_back=True), status)

    def _never_arrived(self, answer: PaymentStatus | None) -> bool:
        """A prompt that its provider does not know when its time is over was never there. Of a
        payout that is for staff to say."""
        payment = self._payment
        is_unknown = answer is not None and answer.reason is Reason.NO_SUCH_PAYMENT
        may_end = payment.is_open or payment.reason == NO_OUTCOME
        return is_unknown and payment.kind == COLLECTION and may_end and self._is_over

    def _decide(self, by: Deciding, status: ProviderStatus) -> None:
        with self._transaction() as tx:
            if status.by_callbacks:
                status = hints.completed(tx, self._payment, status)
            before = outcomes.decide(tx, by, self._payment.id, status)
            has_failed = status.state in (ProviderState.FAILED, ProviderState.EXPIRED)
            if status.state is ProviderState.PAID or (has_failed and before.is_open):
                outbox.done(tx, self._held.outbox_id)
                return
            is_pending = before.is_open and status.state is ProviderState.PENDING
            if is_pending and self._is_over and (self._has_page or self._wants_code):
                # Nobody has opened it, or given a code; who does so later is in review.
                reason = NOT_OPENED if self._has_page else NOT_GIVEN
                outcomes.fail(tx, by, before, reason, is_late=True)
                outbox.done(tx, self._held.outbox_id)
                return
            if self._is_over and before.is_open:
                outcomes.give_up_asking(tx, by, self._payment.id)
            waits = before.is_open or before.reason == NO_OUTCOME
            if waits and self._sent_s < self._plan.late_until_s:
                self._ask_again(tx, self._sent_s)
            else:
                outbox.done(tx, self._held.outbox_id)

    # -- what these have in common -----------------------------------------------------------------

    def _account(self) -> Payments:
        return self._context.accounts.payments(self._service)

    @property
    def _name(self) -> str:
        """What the breaker knows: the account, and what is asked of it."""
        return f"{self._context.accounts.name(self._service)} {self._payment.kind}"

    def _trip(self) -> float:
        return self._context.breaker.trip(self._name)

    @property
    def _has_page(self) -> bool:
        return self._payment.state == "pending" and self._payment.reason == OPEN_PAGE

    @property
    def _wants_code(self) -> bool:
        return self._payment.state == "pending" and self._payment.reason == GIVE_CODE

    @property
    def _takes_code(self) -> bool:
        return isinstance(self._account(), TakesCode)

    @property
    def _expires_s(self) -> float | None:
        if self._has_page:
            return self._plan.page_s
        if self._wants_code:
            return self._plan.code_s
        return registry.find(self._service.provider).payment_expires_s

    @property
    def _sent_s(self) -> float:
        """How long ago the request left."""
        return _age_s(self._payment.submitted_at or self._payment.created_at)

    @property
    def _is_over(self) -> bool:
        return self._sent_s > self._plan.over_s(self._expires_s)

    def _ask_again(self, tx: Tx, age_s: float) -> None:
        delay_s = self._plan.next_s(age_s, self._expires_s)
        outbox.again(tx, self._held, delay_s=delay_s, tried=False)

    def _again(self, delay_s: float) -> None:
        with self._transaction() as tx:
            outbox.again(tx, self._held, delay_s=delay_s, tried=False)

    def _fail(self, reason: str, only: tuple[str, ...]) -> None:
        """It has failed, if it is still as this worker knew it: where another worker went on with
        it meanwhile, its provider is asked."""
        with self._transaction() as tx:
            payment = payments.lock(tx, self._payment.id)
            assert payment is not None
            if payment.state not in only:
                self._ask_again(tx, 0)
                return
            outcomes.fail(tx, self._by, payment, reason)
            outbox.done(tx, self._held.outbox_id)

    def _done(self) -> None:
        with self._transaction() as tx:
            outbox.done(tx, self._held.outbox_id)

    def _transaction(self) -> AbstractContextManager[Tx]:
        return self._context.database.transaction(self._tenant_id, Deadline(STEP_DEADLINE_S))


def _send(account: Payments, asked: Collection | Disbursement | Refund) -> PaymentAccepted:
    if isinstance(asked, Collection):
        return account.collect(asked)
    if isinstance(asked, Disbursement):
        return account.disburse(asked)
    return account.refund(asked)


def _age_s(since: datetime) -> float:
    return (clock.now() - since).total_seconds()
