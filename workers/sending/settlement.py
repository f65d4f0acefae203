"""What an attempt to send a text came to, and bringing that to Postgres."""

import logging
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from core.analytics import costs, meter
from core.analytics.costs import TextCost
from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.messaging import messages, prices
from core.messaging.delivery import INSTEAD
from core.messaging.messages import Outgoing
from core.metrics.series import MESSAGES, tenant_label
from core.outbox import outbox
from providers.contracts.messages import Scope, SendError, Sent
from values import clock
from values.alarms import raise_alarm
from workers.jobs.context import Context
from workers.sending import policy
from workers.sending.accounts import Way
from workers.sending.policy import Next, Pauses, Verdict

log = logging.getLogger(__name__)

STEP_DEADLINE_S = 5.0
SETTLE_AGAIN_AFTER_S = 0.2


class Settlement:
    """A claimed text, and each of the ends that an attempt to send it may have."""

    def __init__(self, context: Context, tenant_id: uuid.UUID, text: Outgoing) -> None:
        self._context = context
        self._limits = context.limits
        self._tenant_id = tenant_id
        self._text = text

    @property
    def text(self) -> Outgoing:
        return self._text

    def taken(
        self, way: Way, sent: Sent, otherwise: str | None = None, *, segments: int = 1
    ) -> None:
        """The provider has it; `otherwise` says why in another form than it was meant."""
        text = self._text
        self._context.breaker.close(*way.names)

        def record(tx: Tx) -> None:
            is_news = messages.accepted(
                tx,
                text,
                provider=way.provider,
                provider_message_id=sent.message_id,
                reason=otherwise,
            )
            if is_news and way.chats is not None:
                self._count(tx, way)
            if sent.cost is not None:
                amount, currency = sent.cost.amount, sent.cost.currency
                cost = TextCost(str(text.id), text.service_id, amount, currency)
                costs.record_with(tx, cost, zone=way.zone)

        self.settle(record)
        count_end(self._context, text, way.provider, "accepted")
        self._context.budgets.note(self._tenant_id, sent.cost, segments)

    def _count(self, tx: Tx, way: Way) -> None:
        """Count a message on a channel where so many a month are free."""
        free = prices.table().rule(way.channel, clock.now()).free_replies_a_month
        if not free:
            return
        sent = meter.count(tx, service_id=self._text.service_id, zone=way.zone)
        if meter.is_news(sent, free):
            raise_alarm(
                log,
                "free_messages",
                f"{self._text.service_id} {clock.now():%Y-%m}",
                f"{sent} of {free} free messages of this month are sent from {way.sender_id}: see"
                " `piga tenant costs`.",
                tenant_id=self._tenant_id,
            )

    def not_taken(self, way: Way, error: SendError, found: Verdict, pause_s: float) -> None:
        """It ended so, and what the answer is about is left alone for `pause_s`."""
        if found.next is Next.FAIL:
            self.fail(error.code, way.provider, error)
        elif found.next is Next.UNKNOWN:
            self.unknown(error.code, way.provider, error.message_id)
        else:
            self.again(error, pause_s)

    def pause(self, way: Way, error: SendError, found: Verdict) -> float:
        """Leave alone what the answer is about. Answers for how many seconds."""
        if error.scope is not Scope.ACCOUNT:
            # It answered, after all.
            self._context.breaker.close(way.account, way.account_operation)
        return self.leave_alone(way.named(found.pauses), error, found)

    def leave_for(self, wait_s: float, *, spread: bool = True) -> None:
        """Something is in its way: not a try. What waits for the same comes back one by one, each
        a little later by chance, unless it is not to be `spread`."""
        delay_s = policy.spread_s(wait_s) if spread else wait_s
        with self.transaction() as tx:
            outbox.again(tx, self._text.claim, delay_s=delay_s, tried=False)

    def leave_alone(self, name: str, error: SendError, found: Verdict) -> float:
        """Pause `name`, by what was found. Answers for how many seconds."""
        breaker = self._context.breaker
        if found.pauses is Pauses.NOTHING:
            return 0.0
        if not found.alarm:
            return breaker.trip(name)
        pause_s, is_news = breaker.alarm(name)
        if is_news:
            self._raise_waiting(name, error)
        return pause_s

    def again(self, error: SendError, pause_s: float) -> None:
        """Later again, once what is left alone may be asked again."""
        text = self._text
        if text.claim.attempts >= self._limits.attempts_maximum:
            self.fail(error.code, error=error, gave_up=True)
            return
        delay_s = max(pause_s, self._context.backoff_s(text.claim.attempts))
        self.settle(lambda tx: messages.not_sent(tx, text, reason=error.code, delay_s=delay_s))
        count_end(self._context, text, "", "again")

    def give_back(self, reason: str) -> None:
        """It was not sent after all, and may be at once."""
        text = self._text
        self.settle(lambda tx: messages.not_sent(tx, text, reason=reason, delay_s=0))

    def fail(
        self,
        reason: str,
        provider: str = "",
        error: SendError | None = None,
        *,
        gave_up: bool = False,
    ) -> None:
        """It has not reached anybody, and will not: `reason` is the name of its end."""
        text = self._text
        id = error.message_id if error and provider else None
        self.settle(
            lambda tx: messages.failed(
                tx, text, reason=reason, gave_up=gave_up, provider=provider, provider_message_id=id
            )
        )
        count_end(self._context, text, provider, "failed")
        if reason in policy.EXPECTED_ENDS or INSTEAD in text.params:
            return
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

    def unknown(self, reason: str, provider: str = "", id: str | None = None) -> None:
        """It may be on its way, and nobody says."""
        text = self._text
        self.settle(
            lambda tx: messages.unknown(
                tx, text, reason=reason, provider=provider, provider_message_id=id
            )
        )
        count_end(self._context, text, provider, "unknown")
        log.warning("text %s is unknown: %s", text.id, reason)

    def transaction(self) -> AbstractContextManager[Tx]:
        """One step, as the text's tenant."""
        return self._context.database.transaction(self._tenant_id, Deadline(STEP_DEADLINE_S))

    def settle(self, record: Callable[[Tx], None]) -> None:
        """Bring an outcome to Postgres, again and again while it is away: nobody else knows it."""
        until = time.monotonic() + self._limits.settle_for_s
        while True:
            try:
                with self.transaction() as tx:
                    record(tx)
                return
            except (Unavailable, CommitUnknown):
                if time.monotonic() > until:
                    log.error("text %s: its outcome could not be recorded", self._text.id)
                    return
                time.sleep(SETTLE_AGAIN_AFTER_S)


def count_end(context: Context, text: Outgoing, provider: str, outcome: str) -> None:
    """Count the end of an attempt; `provider` is '' where none was asked."""
    service = context.directory.by_id(text.service_id)
    slug = tenant_label(service.tenant.slug) if service else ""
    MESSAGES.labels(slug, provider, outcome).inc()
