"""Who looks on, and what they are sent: by topic of a tenant. One that reads too slowly is dropped,
and nobody waits for it."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Final

# So many words may wait for a reader before it is dropped: two runs of the poller.
WAITING_MAXIMUM: Final = 128
READERS_MAXIMUM: Final = 10_000

Topic = tuple[uuid.UUID, str]


class Reader:
    """One connection. `get` gives what is next to send; `drop` is called once, when too much waits:
    whoever sends to it may be waiting for a client that never reads."""

    def __init__(self, drop: Callable[[], object]) -> None:
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._drop = drop
        self.is_dropped = False

    def put(self, words: str) -> None:
        if self.is_dropped:
            return
        if self._waiting.qsize() < WAITING_MAXIMUM:
            self._waiting.put_nowait(words)
            return
        self.is_dropped = True
        self._drop()

    async def get(self) -> str:
        return await self._waiting.get()


class Hub:
    """The readers of all topics, in one event loop."""

    def __init__(self) -> None:
        self._readers: defaultdict[Topic, set[Reader]] = defaultdict(set)
        self.count = 0

    @property
    def is_full(self) -> bool:
        return self.count >= READERS_MAXIMUM

    def join(self, topic: Topic, drop: Callable[[], object]) -> Reader:
        reader = Reader(drop)
        self._readers[topic].add(reader)
        self.count += 1
        return reader

    def leave(self, topic: Topic, reader: Reader) -> None:
        if reader in self._readers[topic]:
            self._readers[topic].discard(reader)
            self.count -= 1

    def has_readers(self, topic: Topic) -> bool:
        return bool(self._readers.get(topic))

    def topics(self) -> list[Topic]:
        """Those that somebody looks on."""
        return [topic for topic, readers in self._readers.items() if readers]

    def send(self, topic: Topic, words: str) -> None:
        """Send to all who look on, at once; who reads too slowly is dropped by it."""
        for reader in tuple(self._readers.get(topic, ())):
            reader.put(words)
