"""The job that sends a text, once.

    claim the row ─► make the words ─► look what is in its way ─► mark the text `sending`, COMMIT
    ─► the request ─► its outcome

Killed before that COMMIT, the text is sent when the lease has run out. Killed after it, the text
is `unknown`, and only a delivery report says more. What the request came to is brought to Postgres
again and again; where that cannot be done in time, the text is `unknown` too.
"""

import logging
import uuid
from dataclasses import replace
from datetime import datetime

from redis import RedisError

from core.db.database import Deadline
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.messaging import messages
from core.messaging.delivery import SEND_TEXT
from core.outbox import outbox
from core.tenants import directory
from core.tenants.directory import Service
from core.tenants.pauses import Paused
from engine.turn import replies
from engine.turn.replies import TRANSLITERATE, WITH_CHOICES, Reply
from engine.wording import own_words
from menus import sentences
from menus.markup import escaped
from menus.messages import compose
from menus.sms import receipt, segments
from providers.contracts.messages import Refused, SendError, Sent, Sms
from values import clock
from values.alarms import raise_alarm
from values.messages import MissingValue
from workers.calls import provider_call
from workers.jobs.context import Context, current
from workers.process import where
from workers.sending import policy, window
from workers.sending.accounts import Way
from workers.sending.chats import message_of, send_reply
from workers.sending.errors import CannotSay, NotYet
from workers.sending.file_urls import by_address
from workers.sending.obstacles import (
    TEMPLATE_AGAIN_AFTER_S,
    WITHOUT_REDIS_AGAIN_AFTER_S,
    Obstacles,
    Ready,
)
from workers.sending.settlement import STEP_DEADLINE_S

log = logging.getLogger(__name__)

BEHIND_AGAIN_AFTER_S = 0.1


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
    tx = context.database.autocommit(tenant_id, Deadline(STEP_DEADLINE_S))
    text = messages.claim(tx, outbox_id, lease_s=lease_s)
    if text is None:  # done, not due, or in other hands
        return
    Attempt(context, tenant_id, text).run()
    if text.behind_id is None:
        return
    # Its job came before that of the first in its line, and now waits. So that many who wait never
    # keep the workers from those whom they wait for, this worker sends that one, if it is due.
    tx = context.database.autocommit(tenant_id, Deadline(STEP_DEADLINE_S))
    first = messages.claim(tx, text.behind_id, lease_s=lease_s)
    if first is not None:
        Attempt(context, tenant_id, first).run()


class Attempt(Obstacles):
    """One try to send a claimed text."""

    def run(self) -> None:
        ready = self.ready()
        if ready is not None:
            self.go(ready)

    def go(self, ready: Ready) -> None:
        """Send what is ready, or leave it for as long as the rates say."""
        wait_s = self.people_s(ready) or self.rates_s(ready.service, ready.ways[0])
        if wait_s > 0:
            self.leave_for(wait_s)
        else:
            self._request(ready)

    def ready(self, *, may_be_out: bool = True) -> Ready | None:
        """What is to be sent; None where the text has ended, or waits for something. `may_be_out`
        False: the person is known to want everything."""
        found = self._composed() if self._is_due() else None
        if found is None:
            return None
        waits_s = [self.left_alone_s(way) for way in found.ways]
        open_ways = [way for way, wait_s in zip(found.ways, waits_s, strict=True) if wait_s <= 0]
        wait_s = self.quiet_s(found.service, found.number) or (0 if open_ways else min(waits_s))
        if wait_s > 0:
            self.leave_for(wait_s)
        elif may_be_out and self.is_opted_out(open_ways[0]):
            self.fail("opted_out")
        else:
            return self._within_budget(replace(found, ways=open_ways))
        return None

    def _within_budget(self, found: Ready) -> Ready | None:
        """The same, or the last word of the day, or None where it waits or was not worth it."""
        text, tenant, budgets = self._text, found.service.tenant, self._context.budgets
        share = budgets.share(tenant)
        said = policy.within_budget(
            text.claim.priority, share, is_reply=text.conversation_id is not None
        )
        if said is policy.Spending.GO:
            return found
        if budgets.is_news(tenant.slug, tenant):
            raise_alarm(
                log,
                "budget_spent",
                f"{tenant.slug} {tenant.today()}",
                f"{tenant.slug} has spent {share:.0%} of its budget for messages of today.",
                tenant_id=tenant.id,
            )
        if said is policy.Spending.TOMORROW:
            self.leave_for(policy.tomorrow_s(clock.now(tenant.zone)))
            return None
        return self._last_word(found)

    def _last_word(self, found: Ready) -> Ready | None:
        """In place of a reply, once a day: where its person can go on. Then nothing more."""
        text, tenant, budgets = self._text, found.service.tenant, self._context.budgets
        assert text.conversation_id is not None, "only replies have a last word"
        try:
            if not budgets.may_tell(tenant, text.conversation_id, text.id):
                self.fail("budget_spent")
                return None
        except RedisError:
            self.leave_for(WITHOUT_REDIS_AGAIN_AFTER_S)
            return None
        with self.transaction() as tx:
            code = directory.ussd_code(tx)
        if not code:
            return found
        last = replies.words(found.service, sentences.no_more_today(code), tenant.languages[0])
        return replace(found, reply=last)

    def _is_due(self) -> bool:
        """Whether it is this text's turn. Else it has ended, or waits."""
        text = self._text
        wait_s = self._context.pauses.wait_s(Paused.OPERATION, self._tenant_id, SEND_TEXT)
        if text.state != "queued":
            self._end_earlier_one()
        elif reason := self._why_not_any_more():
            self.fail(reason, gave_up=reason == "gave_up")
        elif wait_s > 0:
            self.leave_for(wait_s)
        elif text.behind_s is not None:
            # Not a little longer by chance: so the last of a long line would wait twice as long.
            self.leave_for(text.behind_s + BEHIND_AGAIN_AFTER_S, spread=False)
        else:
            return True
        return False

    def _composed(self) -> Ready | None:
        """The text with its number, words and ways; None where there is none of the one or the
        other, and the text has ended, or waits."""
        text = self._text
        try:
            service = self._context.directory.by_id(text.service_id)
            if service is None:
                raise CannotSay("no_service")
            template = None
            if window.has_window(service):
                with self.transaction() as tx:
                    service, template = window.out_of(self._context, tx, service, text)
            number, reply = self._compose(service)
            ways = self._context.accounts.ways(service)
            return Ready(service, ways, number, reply, template)
        except CannotSay as error:
            self.fail(error.code)
        except NotYet:
            self.leave_for(TEMPLATE_AGAIN_AFTER_S)
        except Refused as error:
            name = f"account of {text.service_id}"
            self.again(error, self.leave_alone(name, error, policy.verdict(error)))
        return None

    def _end_earlier_one(self) -> None:
        """The text is past `queued`, so it is not sent: a request may have left before."""
        text = self._text
        if text.state == "sending":
            self.unknown("worker_lost")
        else:
            self.settle(lambda tx: outbox.done(tx, text.claim.outbox_id))

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

    def _compose(self, service: Service) -> tuple[str, Reply]:
        """The number and the reply: they exist from here to the request, and nowhere else."""
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
            return number, Reply.unpacked(reply)
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
        if service.channel in WITH_CHOICES:
            return number, Reply(escaped(words))
        folds = bool(service.tenant.settings.get(TRANSLITERATE, True))
        return number, Reply(receipt(words, folds=folds))

    def _request(self, ready: Ready) -> None:
        text, ways = self._text, ready.ways
        try:
            with self.transaction() as tx:
                count = 1 if ways[0].chats is not None else segments(ready.words)
                mine = messages.sending(tx, text, segments=count)
        except CommitUnknown:
            # It may stand there as `sending`; but nothing has left, and only we know that.
            self.give_back("postgres")
            return
        if not mine:
            return  # the lease ran out meanwhile, and another worker has it
        for place, way in enumerate(ways):
            try:
                with provider_call(self._context.wire, self._tenant_id, way.provider, "send"):
                    sent, otherwise = self._hand_over(ready, way)
            except SendError as error:
                found = policy.verdict(error)
                if found.takes_over and place + 1 < len(ways):
                    self.pause(way, error, found)  # the next one may have it
                    continue
                self.not_taken(way, error, found, self.pause(way, error, found))
            except Exception as error:
                self.unknown(where(error))
            else:
                self.taken(way, sent, otherwise, segments=count)
            return

    def _hand_over(self, ready: Ready, way: Way) -> tuple[Sent, str | None]:
        """The request. Answers also why it went out otherwise than it was meant."""
        id = str(self._text.id)
        if way.chats is not None and ready.template is not None:
            own = way.sender_id or ""
            message = message_of(
                ready.number, ready.reply, own=own, id=id, report_url=way.report_url
            )
            return way.chats.send_chat(replace(message, template=ready.template)), None
        if way.chats is not None:
            return send_reply(
                way.chats,
                ready.number,
                self._as_taken(ready.reply, way),
                own=way.address,
                id=id,
                tenant_id=self._tenant_id,
                report_url=way.report_url,
            )
        assert way.sender is not None, "a way has the one or the other"
        sms = Sms(
            *(ready.number, ready.words, way.sender_id, id, way.report_url),
            link_id=ready.reply.link_id,
            keyword=way.keyword,
        )
        return way.sender.send(sms), None

    def _as_taken(self, reply: Reply, way: Way) -> Reply:
        """The reply with its file as the provider takes one: its bytes, or where we serve it."""
        file_url = self._context.accounts.file_url
        if reply.attachment is None or file_url is None or not way.fetches_files:
            return reply
        return by_address(reply, file_url(self._tenant_id, self._text.id))
