"""The job that sends a text, once.

    claim the row ─► make the words ─► look what is in its way ─► mark the text `sending`, COMMIT
    ─► the request ─► its outcome

Killed before that COMMIT, the text is sent when the lease has run out. Killed after it, the text
is `unknown`, and only a delivery report says more. What the request came to is brought to Postgres
again and again; where that cannot be done in time, the text is `unknown` too.
"""

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from redis import RedisError

from core.analytics import costs
from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.messaging import messages, optouts
from core.messaging.messages import Outgoing
from core.outbox import outbox
from core.tenants.directory import Service
from core.tenants.pauses import Paused
from engine.wording import own_words
from menus.messages import compose
from menus.sms import receipt, segments
from providers.contracts.messages import Refused, Scope, SendError, Sent, Sms
from values import clock
from values.alarms import raise_alarm
from values.messages import MissingValue
from values.zones import zone_of
from workers.jobs.context import Context, current
from workers.process import where
from workers.sending import policy
from workers.sending.accounts import Way
from workers.sending.policy import Next, Pauses, Verdict

log = logging.getLogger(__name__)

STEP_DEADLINE_S = 5.0
SETTLE_AGAIN_AFTER_S = 0.2
# So little is waited for within the job; for more than that the text goes back to the outbox.
WAITED_FOR_S = 0.1
BEHIND_AGAIN_AFTER_S = 0.1
WITHOUT_REDIS_AGAIN_AFTER_S = 1.0


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
        text = self._text
        if text.state != "queued":
            self._end_earlier_one()
            return
        reason = self._why_not_any_more()
        if reason:
            self._fail(reason, gave_up=reason == "gave_up")
            return
        wait_s = self._context.pauses.wait_s(Paused.OPERATION, self._tenant_id, messages.SEND_TEXT)
        if wait_s > 0:
            self._leave_for(wait_s)
            return
        if text.behind_s is not None:
            self._leave_for(text.behind_s + BEHIND_AGAIN_AFTER_S)
            return
        try:
            service = self._context.directory.by_id(text.service_id)
            if service is None:
                raise CannotSay("no_service")
            number, words = self._compose(service)
            ways = self._context.accounts.ways(service)
        except CannotSay as error:
            self._fail(error.code)
        except Refused as error:
            name = f"account of {text.service_id}"
            self._again(error, self._leave_alone(name, error, policy.verdict(error)))
        else:
            self._when_it_may(service, ways, number, words)

    def _when_it_may(self, service: Service, ways: Sequence[Way], number: str, words: str) -> None:
        """Send it now, or leave it for as long as something is in its way."""
        wait_s = self._quiet_s(service, number)
        if wait_s > 0:
            self._leave_for(wait_s)
            return
        waits_s = [self._left_alone_s(way) for way in ways]
        open_ways = [way for way, wait_s in zip(ways, waits_s, strict=True) if wait_s <= 0]
        if not open_ways:
            self._leave_for(min(waits_s))
            return
        if self._is_opted_out(open_ways[0]):
            self._fail("opted_out")
            return
        wait_s = self._rates_s(service, open_ways[0])
        if wait_s > 0:
            self._leave_for(wait_s)
        else:
            self._request(open_ways, number, words)

    def _left_alone_s(self, way: Way) -> float:
        """For how long a way is left alone, because of its answers or by hand."""
        breaker = self._context.breaker
        wait_s = breaker.wait_s(*way.names)
        if wait_s > 0:
            return wait_s
        wait_s = self._context.pauses.wait_s(Paused.PROVIDER, self._tenant_id, way.provider)
        if wait_s > 0:
            breaker.hold(way.account_operation, wait_s)  # what has piled up then follows slowly
        return wait_s

    def _quiet_s(self, service: Service, number: str) -> float:
        """How long it is quiet at the person's for what goes to many at once."""
        quiet = service.tenant.settings.get("quiet_hours")
        if not quiet or not policy.goes_to_many(self._text.claim.priority):
            return 0.0
        now = clock.now(service.tenant.zone)
        until = policy.quiet_until(now, quiet, zone_of(number) or service.tenant.zone)
        if until is None:
            return 0.0
        # What waited for the morning does not all come in its first second.
        return (until - now + timedelta(seconds=policy.morning_jitter_s())).total_seconds()

    def _is_opted_out(self, way: Way) -> bool:
        text = self._text
        if text.address_lookup is None or not policy.goes_to_many(text.claim.priority):
            return False
        with self._transaction() as tx:
            return optouts.is_opted_out(tx, text.address_lookup, sender=way.sender_id)

    def _rates_s(self, service: Service, way: Way) -> float:
        """How long it has to wait by the rates; a little is waited for at once."""
        pair = (self._text.address_lookup or self._text.owner_id.bytes).hex()
        levels = policy.levels(
            service.channel,
            account=way.account,
            account_rate=way.messages_a_second,
            service=str(service.id),
            service_rate=float(service.settings.get("messages_a_second") or 0),
            pair=pair,
        )
        wait_s = self._context.breaker.slow_s(*way.names)
        until_s = time.monotonic() + WAITED_FOR_S
        time.sleep(min(wait_s, WAITED_FOR_S))
        while True:
            try:
                wait_s = self._context.rates.take(levels).wait_s
            except RedisError:
                return WITHOUT_REDIS_AGAIN_AFTER_S
            if wait_s <= 0 or time.monotonic() + wait_s > until_s:
                return wait_s
            time.sleep(wait_s)

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

    def _request(self, ways: Sequence[Way], number: str, words: str) -> None:
        text = self._text
        try:
            with self._transaction() as tx:
                mine = messages.sending(tx, text, segments=segments(words))
        except CommitUnknown:
            # It may stand there as `sending`; but nothing has left, and only we know that.
            self._settle(lambda tx: messages.not_sent(tx, text, reason="postgres", delay_s=0))
            return
        if not mine:
            return  # the lease ran out meanwhile, and another worker has it
        for place, way in enumerate(ways):
            try:
                id = str(text.id)
                sent = way.sender.send(Sms(number, words, way.sender_id, id, way.report_url))
            except SendError as error:
                found = policy.verdict(error)
                if found.takes_over and place + 1 < len(ways):
                    self._pause(way, error, found)  # the next one may have it
                    continue
                self._not_taken(way, error, found)
            except Exception as error:
                self._unknown(where(error))
            else:
                self._taken(way, sent)
            return

    def _taken(self, way: Way, sent: Sent) -> None:
        text = self._text
        self._context.breaker.close(*way.names)

        def record(tx: Tx) -> None:
            messages.accepted(tx, text, provider=way.provider, provider_message_id=sent.message_id)
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

    def _not_taken(self, way: Way, error: SendError, found: Verdict) -> None:
        pause_s = self._pause(way, error, found)
        if found.next is Next.FAIL:
            self._fail(error.code, way.provider, error)
        elif found.next is Next.UNKNOWN:
            self._unknown(error.code, way.provider, error.message_id)
        else:
            self._again(error, pause_s)

    def _pause(self, way: Way, error: SendError, found: Verdict) -> float:
        """Leave alone what the answer is about. Answers for how many seconds."""
        if error.scope is not Scope.ACCOUNT:
            self._context.breaker.close(
                way.account, way.account_operation
            )  # it answered, after all
        return self._leave_alone(way.named(found.pauses), error, found)

    # --- what it came to ----------------------------------------------------------------------

    def _leave_for(self, wait_s: float) -> None:
        """Something is in its way: not a try. What waits for the same comes back one by one."""
        delay_s = policy.spread_s(wait_s)
        with self._transaction() as tx:
            outbox.again(tx, self._text.claim, delay_s=delay_s, tried=False)

    def _leave_alone(self, name: str, error: SendError, found: Verdict) -> float:
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

    def _again(self, error: SendError, pause_s: float) -> None:
        """Later again, once what is left alone may be asked again."""
        text = self._text
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
        if reason in policy.EXPECTED_ENDS:
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
