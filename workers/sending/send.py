"""The job that sends a text, once.

    claim the row ─► make the words ─► mark the text `sending`, COMMIT ─► the request ─► its outcome

Killed before that COMMIT, the text is sent when the lease has run out. Killed after it, the text
is `unknown`, and only a delivery report says more. What the request came to is brought to Postgres
again and again; where that cannot be done in time, the text is `unknown` too.
"""

import logging
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from core.analytics import costs
from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.messaging import messages
from core.messaging.messages import Outgoing
from core.outbox import outbox
from core.tenants.directory import Service
from engine.wording import own_words
from menus.messages import compose
from menus.sms import receipt
from providers.contracts.messages import NotSent, OutcomeUnknown, Refused, Scope, SendError, Sms
from values import clock
from values.alarms import raise_alarm
from values.messages import MissingValue
from workers.jobs.context import Context, current
from workers.process import where
from workers.sending.accounts import Way

log = logging.getLogger(__name__)

STEP_DEADLINE_S = 5.0
SETTLE_AGAIN_AFTER_S = 0.2


class CannotSay(Exception):
    """The words cannot be made. `code` is stable; the exception's text is nothing but the code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_text(tenant_id: str, outbox_id: str) -> None:
    """Send the text that an outbox row is about. Never raises: what failed is retried by lease, and
    what RQ would keep of an exception could hold a person's data."""
    try:
        _send(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, CommitUnknown) as away:
        log.warning("text %s waits: Postgres is away (%s)", outbox_id, away)
    except Exception as error:
        log.error("text %s failed: %s", outbox_id, where(error), extra={"fault": error})


def _send(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    lease_s = context.limits.job_lease_s
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        text = messages.claim(tx, outbox_id, lease_s=lease_s)
    if text is not None:  # else it is done, not due, or in other hands
        Attempt(context, tenant_id, text).run()


class Attempt:
    """One try to send a claimed text."""

    def __init__(self, context: Context, tenant_id: uuid.UUID, text: Outgoing) -> None:
        self._context = context
        self._limits = context.limits
        self._tenant_id = tenant_id
        self._text = text

    def run(self) -> None:
        if self._text.state != "queued":
            self._end_earlier_one()
            return
        reason = self._why_not_any_more()
        if reason:
            self._fail(reason, gave_up=reason == "gave_up")
            return
        try:
            service = self._context.directory.by_id(self._text.service_id)
            if service is None:
                raise CannotSay("no_service")
            number, words = self._compose(service)
            way = self._context.accounts.way(service)
        except CannotSay as error:
            self._fail(error.code)
        except Refused as error:
            self._back(f"account of {self._text.service_id}", error)
        else:
            breaker = self._context.breaker
            wait_s = max(breaker.wait_s(way.account), breaker.wait_s(way.account_sender))
            if wait_s > 0:
                self._leave_for(wait_s)
            else:
                self._request(way, Sms(number, words, way.sender_id))

    def _end_earlier_one(self) -> None:
        """The text is past `queued`, so it is not sent: a request may have left before."""
        text = self._text
        if text.state == "sending":
            self._unknown("worker_lost")
        else:
            self._settle(lambda tx: outbox.done(tx, text.claim.outbox_id))

    def _why_not_any_more(self) -> str:
        """Why it is not worth sending any more; '' when it is."""
        text, now = self._text, clock.now()
        until = text.params.get("$until")
        try:
            if until is not None and datetime.fromisoformat(until) <= now:
                return "too_late"
        except (TypeError, ValueError):
            return "no_such_text"
        if (now - text.written_at).total_seconds() > self._limits.text_age_maximum_s:
            return "too_old"
        return "gave_up" if text.claim.attempts > self._limits.attempts_maximum else ""

    def _compose(self, service: Service) -> tuple[str, str]:
        """The number and the words: they exist from here to the request, and nowhere else."""
        text, keys = self._text, self._context.keys
        if text.number_sealed is None:
            raise CannotSay("no_number")
        try:
            number = keys.open(text.number_sealed, text.owner_id.bytes)
            reply = text.reply(keys)
            addressee = text.addressee(keys)
        except ValueError:
            raise CannotSay("unreadable_number") from None
        if reply is not None:
            return number, str(reply["text"])
        try:
            words = compose(
                self._context.messages[text.template],
                text.params,
                text.language,
                service.tenant.zone,
                keys.approval_code,
                own=own_words(service.tenant, text.language),
                addressee=addressee,
            )
        except (KeyError, MissingValue):
            raise CannotSay("no_such_text") from None
        return number, receipt(words)

    def _request(self, way: Way, sms: Sms) -> None:
        text = self._text
        try:
            with self._transaction() as tx:
                mine = messages.sending(tx, text)
        except CommitUnknown:
            # It may stand there as `sending`; but nothing has left, and only we know that.
            self._settle(lambda tx: messages.not_sent(tx, text, reason="postgres", delay_s=0))
            return
        if not mine:
            return  # the lease ran out meanwhile, and another worker has it
        breaker = self._context.breaker
        try:
            sent = way.sender.send(sms)
        except (NotSent, Refused) as error:
            # Nothing is on its way to the handset, and that is certain.
            if error.scope is not Scope.ACCOUNT:
                breaker.close(way.account)  # it answered, after all
            if error.alarm or error.retryable:
                of_sender = error.scope is Scope.SENDER
                self._back(way.account_sender if of_sender else way.account, error)
            else:
                self._fail(error.code, way.provider, error)
        except OutcomeUnknown as error:
            if error.scope is Scope.ACCOUNT:
                # One that answers nobody shall not make everything unknown.
                breaker.trip(way.account)
            else:
                breaker.close(way.account)
            self._unknown(error.code, way.provider, error.message_id)
        except Exception as error:
            self._unknown(where(error))
        else:
            breaker.close(way.account)
            breaker.close(way.account_sender)
            provider, id = way.provider, sent.message_id

            def record(tx: Tx) -> None:
                messages.accepted(tx, text, provider=provider, provider_message_id=id)
                if sent.cost is not None:
                    costs.record(
                        tx,
                        kind="text",
                        reference=str(text.id),
                        service_id=text.service_id,
                        amount=sent.cost.amount,
                        currency=sent.cost.currency,
                        zone=way.zone,
                    )

            self._settle(record)

    # --- what it came to ----------------------------------------------------------------------

    def _leave_for(self, wait_s: float) -> None:
        """The account is left alone: not a try."""
        with self._transaction() as tx:
            outbox.again(tx, self._text.claim, delay_s=wait_s, tried=False)

    def _back(self, paused: str, error: SendError) -> None:
        """Later again; what is at fault by the answer is left alone for a while: `paused`, an
        account or an account with a sender id."""
        text, breaker = self._text, self._context.breaker
        pause_s = 0.0
        if error.alarm:
            pause_s, is_news = breaker.alarm(paused)
            if is_news:
                self._raise_waiting(paused, error)
        elif isinstance(error, NotSent) or error.code == "throttled":
            pause_s = breaker.trip(paused)
        if text.claim.attempts >= self._limits.attempts_maximum:
            self._fail(error.code, error=error, gave_up=True)
            return
        delay_s = max(pause_s, self._context.backoff_s(text.claim.attempts))
        self._settle(lambda tx: messages.not_sent(tx, text, reason=error.code, delay_s=delay_s))

    def _fail(
        self,
        reason: str,
        provider: str = "",
        error: SendError | None = None,
        *,
        gave_up: bool = False,
    ) -> None:
        text = self._text
        id = error.message_id if error and provider else None
        self._settle(
            lambda tx: messages.failed(
                tx, text, reason=reason, gave_up=gave_up, provider=provider, provider_message_id=id
            )
        )
        why = f"{error.sentence} ({reason})" if error else reason
        raise_alarm(
            log,
            "text_failed",
            f"{text.template} {reason}",
            f"text {text.id} ({text.template}) failed: {why}",
            tenant_id=self._tenant_id,
        )

    def _raise_waiting(self, paused: str, error: SendError) -> None:
        """An account may be many tenants'; a sender id is this one's."""
        raise_alarm(
            log,
            "texts_wait",
            f"{paused} {error.code}",
            f"{paused}: {error.sentence} Texts wait ({error.code}).",
            tenant_id=self._tenant_id if error.scope is Scope.SENDER else None,
        )

    def _unknown(self, reason: str, provider: str = "", id: str | None = None) -> None:
        text = self._text
        self._settle(
            lambda tx: messages.unknown(
                tx, text, reason=reason, provider=provider, provider_message_id=id
            )
        )
        log.warning("text %s is unknown: %s", text.id, reason)

    def _transaction(self) -> AbstractContextManager[Tx]:
        return self._context.database.transaction(self._tenant_id, Deadline(STEP_DEADLINE_S))

    def _settle(self, record: Callable[[Tx], None]) -> None:
        """Bring an outcome to Postgres, again and again while it is away: nobody else knows it."""
        until = time.monotonic() + self._limits.settle_for_s
        while True:
            try:
                with self._transaction() as tx:
                    record(tx)
                return
            except (Unavailable, CommitUnknown):
                if time.monotonic() > until:
                    log.error("text %s: its outcome could not be recorded", self._text.id)
                    return
                time.sleep(SETTLE_AGAIN_AFTER_S)
