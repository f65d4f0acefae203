"""Which text a deliver_sm is, on a wire that gives texts no ids.

A message centre delivers a text again until it has our answer. So the same text from the same
person is a copy of one that was not answered, or whose answer may have been lost with the
connection; otherwise somebody wrote the same words twice. What was answered is remembered in Redis
for some minutes, by a keyed hash. Where Redis is away, nothing is taken for a copy.
"""

import json
import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any, Final

from redis import RedisError

from workers.process import Outage
from workers.queue.worker import connect

log = logging.getLogger(__name__)

KEPT_S: Final = 600
ANSWER_WITHIN_S: Final = 0.7
# An answer that was written so shortly before the connection's end may not have come.
LOST_WITHIN_S: Final = 3.0
# A centre that has waited so long for an answer sends the text again beside it.
IMPATIENT_AFTER_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Known:
    """A text that was delivered: our id of it, over which connection, and when; all in seconds of
    this host's clock. `answered_s` is 0 until the answer has left."""

    id: str
    link: str
    came_s: float
    answered_s: float = 0.0


def is_copy(known: Known, *, link: str, came_s: float, other_ended_s: float) -> bool:
    """Whether what came now over `link` is the text that is known. `other_ended_s` is when the
    connection before this one ended."""
    if known.answered_s == 0.0:
        return True
    if known.link != link:
        return known.answered_s > other_ended_s - LOST_WITHIN_S
    return came_s < known.answered_s and came_s - known.came_s >= IMPATIENT_AFTER_S


class Seen:
    """The memory of one bind. `began` is called for each new connection, `alive` while it lasts."""

    def __init__(self, redis_url: str, name: str) -> None:
        self._redis = connect(redis_url, timeout_s=ANSWER_WITHIN_S)
        self._name = name
        self._outage = Outage(log, "Redis")
        self._link = ""
        self._other_ended_s = 0.0

    def began(self) -> None:
        """A new connection is bound."""
        self._link = uuid.uuid4().hex
        ended = self._do(lambda: self._redis.get(self._alive_key))
        self._other_ended_s = float(ended) if ended else 0.0

    def alive(self) -> None:
        """The connection is there now."""
        self._do(lambda: self._redis.set(self._alive_key, repr(time.time())))

    def id_of(self, digest: str, came_s: float) -> str:
        """Our id of a text that came at that time: a new one, unless it is a copy."""
        known = self._read(digest)
        if known is not None and is_copy(
            known, link=self._link, came_s=came_s, other_ended_s=self._other_ended_s
        ):
            return known.id
        fresh = Known(f"{self._name}/{uuid.uuid4().hex}", self._link, came_s)
        self._write(digest, fresh)
        return fresh.id

    def answered(self, digest: str, id: str, came_s: float) -> None:
        """The answer to a text has left."""
        self._write(digest, Known(id, self._link, came_s, time.time()))

    def close(self) -> None:
        self._redis.close()

    @property
    def _alive_key(self) -> str:
        return f"bind:{self._name}:alive"

    def _read(self, digest: str) -> Known | None:
        raw = self._do(lambda: self._redis.get(f"bind:text:{digest}"))
        try:
            return Known(*json.loads(raw)) if raw else None
        except (ValueError, TypeError):
            return None

    def _write(self, digest: str, known: Known) -> None:
        value = json.dumps([known.id, known.link, known.came_s, known.answered_s])
        self._do(lambda: self._redis.set(f"bind:text:{digest}", value, ex=KEPT_S))

    def _do(self, command: Any) -> Any:
        try:
            answer = command()
        except RedisError as error:
            self._outage.begin(error)
            return None
        self._outage.end()
        return answer
