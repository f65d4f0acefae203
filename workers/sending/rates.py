"""How many messages a second, and how many people a day: counted in Redis, so that all workers
count as one.

A level sinks by itself: it is kept as the time at which it is empty (GCRA). A message that finds
one of its levels full raises none of them. One round trip, and none where nothing is limited.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, cast

from redis import Redis

from workers.sending.policy import Level

# KEYS: levels. ARGV: how many messages; then for each level the us that one adds, and the most in
# us. -> how many of them may go, and for how many us the next one has to wait.
_TAKE: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local wanted = tonumber(ARGV[1])
local may, wait = wanted, 0
local empty_at = {}
for i = 1, #KEYS do
  local one, most = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  empty_at[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or 0), now)
  local room = math.max(math.floor((now + most - empty_at[i]) / one), 0)
  if room < wanted then
    may = math.min(may, room)
    wait = math.max(wait, empty_at[i] + (room + 1) * one - most - now)
  end
end
if may > 0 then
  for i = 1, #KEYS do
    local at = empty_at[i] + may * tonumber(ARGV[2 * i])
    redis.call('SET', KEYS[i], string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000))
  end
end
return {may, math.ceil(wait)}
"""


# Who was reached in the last day, by when. KEYS: the portfolio. ARGV: the person, how many may be
# in it, a day in ms. -> 0: the person is one of them. Else for how many ms there is no place.
_REACH: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local day = tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - day)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  local before = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2])
  if before >= 0 then
    local leaves = redis.call('ZRANGE', KEYS[1], before, before, 'WITHSCORES')
    return math.max(tonumber(leaves[2]) + day - now, 1)
  end
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], day)
return 0
"""
DAY_S: Final = 86_400.0


class Taken(NamedTuple):
    """How many may go now; `wait_s` is how long the next one waits, 0 where all may go."""

    may: int
    wait_s: float


class Rates:
    """Counts messages. Without a Redis nothing is limited: for who sends a few by hand."""

    def __init__(self, connection: Redis | None) -> None:
        self._take = connection.register_script(_TAKE) if connection is not None else None
        self._reach = connection.register_script(_REACH) if connection is not None else None

    def take(self, levels: Sequence[Level], count: int = 1) -> Taken:
        """Count so many messages on all of these levels, as far as each has room. Raises
        RedisError, and then none may go."""
        if self._take is None or not levels:
            return Taken(count, 0.0)
        arguments: list[int] = [count]
        for level in levels:
            one_us = level.rate.seconds * 1e6 / level.rate.messages
            arguments += [round(one_us), round(one_us * level.rate.burst)]
        keys = [f"rate:{level.name}" for level in levels]
        may, wait_us = cast("list[int]", self._take(keys=keys, args=arguments))
        return Taken(may, wait_us / 1e6)

    def reach(self, portfolio: str, person: str, people: int, within_s: float = DAY_S) -> float:
        """Count a person among those that a portfolio reaches within a moving day, `people` at
        most; `person` stands for the address, such as its keyed hash. Who was reached in it counts
        once. Answers for how many seconds there is no place, 0 where there is one. Raises
        RedisError."""
        if self._reach is None:
            return 0.0
        arguments: list[int | str] = [person, people, round(within_s * 1000)]
        wait_ms = cast("int", self._reach(keys=[f"reached:{portfolio}"], args=arguments))
        return wait_ms / 1000
