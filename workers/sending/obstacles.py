"""What may be in the way of a text that is ready to go: a pause, the quiet hours, a STOP, the
people of a day, and the rates. Each says for how long, in seconds; 0 is not at all.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from redis import RedisError

from core.messaging import optouts
from core.tenants.directory import Service
from core.tenants.pauses import Paused
from engine.turn.replies import Reply
from providers.contracts.chat import Template
from values import clock
from values.alarms import raise_alarm
from values.messages import NEWS
from values.zones import zone_of
from workers.sending import policy
from workers.sending.accounts import Way
from workers.sending.settlement import Settlement

log = logging.getLogger(__name__)

# So little is waited for within the job; for more than that the text goes back to the outbox.
WAITED_FOR_S = 0.1
TEMPLATE_AGAIN_AFTER_S = 1_800.0
WITHOUT_REDIS_AGAIN_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Ready:
    """What may go out now, but for rates: by the first of these ways, and by the next one where not
    a byte has left."""

    service: Service
    ways: Sequence[Way]
    number: str = field(repr=False)
    reply: Reply = field(repr=False)
    # The approved wording that says it, where what is written freely is not taken any more.
    template: Template | None = field(default=None, repr=False)

    @property
    def words(self) -> str:
        return self.reply.text


class Obstacles(Settlement):
    """A claimed text, and what it may have to wait for."""

    def left_alone_s(self, way: Way) -> float:
        """For how long a way is left alone, because of its answers or by hand."""
        breaker = self._context.breaker
        wait_s = breaker.wait_s(*way.names)
        if wait_s > 0:
            return wait_s
        wait_s = self._context.pauses.wait_s(Paused.PROVIDER, self._tenant_id, way.provider)
        if wait_s > 0:
            breaker.hold(way.account_operation, wait_s)  # what has piled up then follows slowly
        return wait_s

    def quiet_s(self, service: Service, number: str) -> float:
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

    def is_opted_out(self, way: Way) -> bool:
        text = self._text
        if text.address_lookup is None or not policy.goes_to_many(text.claim.priority):
            return False
        with self.transaction() as tx:
            return optouts.is_opted_out(
                tx, text.address_lookup, sender=way.sender_id, purpose=self._purpose
            )

    @property
    def _purpose(self) -> str:
        """What the text is for; the tenant's own words, as of a broadcast, are news."""
        kind = self._context.messages.get(self._text.template)
        return kind.purpose if kind is not None else NEWS

    def people_s(self, ready: Ready) -> float:
        """How long it has to wait for a place among the people of a day whom nobody wrote to first:
        those are written to by templates."""
        way, priority = ready.ways[0], self._text.claim.priority
        if ready.template is None or not way.people_a_day:
            return 0.0
        most = policy.people_within(priority, way.people_a_day)
        try:
            wait_s = self._context.rates.reach(way.portfolio, self._person, most)
        except RedisError:
            return WITHOUT_REDIS_AGAIN_AFTER_S
        if wait_s > 0 and self._context.budgets.is_news(way.portfolio, ready.service.tenant):
            raise_alarm(
                log,
                "people_reached",
                f"{way.portfolio} {ready.service.tenant.today()}",
                f"{way.portfolio} has reached {most} of {way.people_a_day} people whom nobody wrote"
                " to first, within a day. Messages wait.",
            )
        return min(wait_s, TEMPLATE_AGAIN_AFTER_S)

    @property
    def _person(self) -> str:
        """What stands for whom it goes to."""
        return (self._text.address_lookup or self._text.owner_id.bytes).hex()

    def rates_s(self, service: Service, way: Way) -> float:
        """How long it has to wait by the rates; a little is waited for at once."""
        levels = policy.levels(
            service.channel,
            account=way.account,
            account_rate=way.messages_a_second,
            service=str(service.id),
            service_rate=float(service.settings.get("messages_a_second") or 0),
            pair=self._person,
        )
        wait_s = self._context.breaker.slow_s(*way.names)
        until_s = time.monotonic() + WAITED_FOR_S
        if wait_s > 0:  # a sleep of nothing gives the processor away all the same
            time.sleep(min(wait_s, WAITED_FOR_S))
        while True:
            try:
                wait_s = self._context.rates.take(levels).wait_s
            except RedisError:
                return WITHOUT_REDIS_AGAIN_AFTER_S
            if wait_s <= 0 or time.monotonic() + wait_s > until_s:
                return wait_s
            time.sleep(wait_s)
