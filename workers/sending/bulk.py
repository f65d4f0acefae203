"""The job that sends many texts of a tenant, such as a bill to every customer: on a queue of its
own, so that no reply stands behind them.

What says the same, by the same way, goes in one request, where the provider takes one text to many;
the steps around it are one statement for all. Each text is still claimed, marked `sending` and
settled as one that goes alone, and whatever is not plain sailing is left to `Attempt`.
"""

import logging
import time
import uuid
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from redis import RedisError

from core.analytics.costs import TextCost
from core.db.database import Deadline, Tx
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.messaging import batches, messages, optouts
from core.messaging.batches import Accepted
from menus.sms import segments
from providers.contracts.messages import BulkSender, SendError, Sent
from workers.calls import provider_call
from workers.jobs.context import Context, current
from workers.process import where
from workers.sending import policy
from workers.sending.accounts import Way
from workers.sending.obstacles import WITHOUT_REDIS_AGAIN_AFTER_S, Ready
from workers.sending.send import Attempt
from workers.sending.settlement import STEP_DEADLINE_S, count_end

log = logging.getLogger(__name__)


def send_bulk(tenant_id: str, outbox_ids: str) -> None:
    """Send the texts that these rows of the outbox are about; their ids have commas between them.
    Never raises, as `send_text`."""
    try:
        ids = [uuid.UUID(id) for id in outbox_ids.split(",")]
        _Batch(current(), uuid.UUID(tenant_id)).run(ids)
    except (Unavailable, CommitUnknown) as away:
        log.warning("bulk texts wait: Postgres is away (%s)", away)
    except Exception as error:
        log.error("bulk texts failed: %s", where(error), extra={"fault": error})


class _Item(NamedTuple):
    attempt: Attempt
    ready: Ready


class _Batch:
    def __init__(self, context: Context, tenant_id: uuid.UUID) -> None:
        self._context = context
        self._tenant_id = tenant_id

    def run(self, ids: Sequence[uuid.UUID]) -> None:
        context = self._context
        until_s = time.monotonic() + context.limits.job_timeout_s / 2
        deadline = Deadline(STEP_DEADLINE_S)
        with context.database.transaction(self._tenant_id, deadline) as tx:
            texts = messages.claim_all(tx, ids, lease_s=context.limits.job_lease_s)
            lookups = [text.address_lookup for text in texts if text.address_lookup]
            said_something = optouts.known_of(tx, lookups)
        groups: dict[tuple[tuple[str, ...], str], list[_Item]] = {}
        for text in texts:
            attempt = Attempt(context, self._tenant_id, text)
            ready = attempt.ready(may_be_out=text.address_lookup in said_something)
            if ready is not None:
                key = (ready.ways[0].names, ready.words)
                groups.setdefault(key, []).append(_Item(attempt, ready))
        for group in groups.values():
            self._send(group, until_s)

    def _send(self, group: list[_Item], until_s: float) -> None:
        """Texts that say the same and go the same way."""
        way = group[0].ready.ways[0]
        sender = way.sender
        slow = self._context.breaker.recovers(*way.names)
        if len(group) == 1 or slow or not isinstance(sender, BulkSender):
            for item in group:
                # What is not reached in time keeps its lease, and comes again after it.
                if time.monotonic() < until_s:
                    item.attempt.go(item.ready)
            return
        left = iter(self._within_rates(group, way))
        while part := list(islice(left, sender.recipients_maximum)):
            for several in _one_each(part):
                self._request(several, way, sender)

    def _within_rates(self, group: list[_Item], way: Way) -> list[_Item]:
        """As many of them as may go now; the others wait for their turn."""
        service = group[0].ready.service
        levels = policy.levels(
            service.channel,
            account=way.account,
            account_rate=way.messages_a_second,
            service=str(service.id),
            service_rate=float(service.settings.get("messages_a_second") or 0),
            pair="",
        )
        if not levels:
            return group
        try:
            may, wait_s = self._context.rates.take(levels, len(group))
        except RedisError:
            may, wait_s = 0, WITHOUT_REDIS_AGAIN_AFTER_S
        rate = min(level.rate.messages / level.rate.seconds for level in levels)
        for place, item in enumerate(group[may:]):
            item.attempt.leave_for(wait_s + place / rate)
        return group[:may]

    def _request(self, items: Sequence[_Item], way: Way, sender: BulkSender) -> None:
        items = self._marked(items)
        if not items:
            return
        words = items[0].ready.words
        recipients = [item.ready.number for item in items]
        try:
            with provider_call(self._context.wire, self._tenant_id, way.provider, "send_many"):
                found = sender.send_many(recipients, words, way.sender_id)
        except SendError as error:
            verdict = policy.verdict(error)
            pause_s = items[0].attempt.pause(way, error, verdict)  # once for all of them
            for item in items:
                item.attempt.not_taken(way, error, verdict, pause_s)
        except Exception as error:
            for item in items:
                item.attempt.unknown(where(error))
        else:
            self._settle(items, found, way)

    def _marked(self, items: Sequence[_Item]) -> Sequence[_Item]:
        """Mark them as being sent; those that may be."""
        texts = [item.attempt.text for item in items]
        count = segments(items[0].ready.words)
        try:
            deadline = Deadline(STEP_DEADLINE_S)
            with self._context.database.transaction(self._tenant_id, deadline) as tx:
                ours = batches.sending_all(tx, texts, segments=count)
        except CommitUnknown:
            for item in items:  # nothing has left, and only we know that
                item.attempt.give_back("postgres")
            return ()
        return [item for item in items if item.attempt.text.id in ours]

    def _settle(self, items: Sequence[_Item], found: Sequence[Sent | SendError], way: Way) -> None:
        taken: list[Accepted] = []
        for item, outcome in zip(items, found, strict=True):
            text = item.attempt.text
            if isinstance(outcome, SendError):
                verdict = policy.verdict(outcome)
                pause_s = item.attempt.pause(way, outcome, verdict)
                item.attempt.not_taken(way, outcome, verdict, pause_s)
                continue
            cost = outcome.cost
            priced = cost and TextCost(str(text.id), text.service_id, cost.amount, cost.currency)
            taken.append(Accepted(text, outcome.message_id, priced or None))
        if not taken:
            return
        self._context.breaker.close(*way.names)

        def record(tx: Tx) -> None:
            batches.accepted_all(tx, taken, provider=way.provider, zone=way.zone)

        items[0].attempt.settle(record)
        for one in taken:
            count_end(self._context, one.text, way.provider, "accepted")
        count = segments(items[0].ready.words)
        for outcome in found:
            if isinstance(outcome, Sent):
                self._context.budgets.note(self._tenant_id, outcome.cost, count)


def _one_each(items: Iterable[_Item]) -> list[list[_Item]]:
    """In parts that name each number once: several people share one, and each gets a text."""
    parts: list[dict[str, _Item]] = []
    for item in items:
        for part in parts:
            if item.ready.number not in part:
                part[item.ready.number] = item
                break
        else:
            parts.append({item.ready.number: item})
    return [list(part.values()) for part in parts]
