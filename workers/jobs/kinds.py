"""Kinds of job: on which queue each is done, and by which function.

A domain names its kinds. A function takes (tenant_id, outbox_id) as text, and nothing else. What
does many at once takes (tenant_id, outbox_ids with commas between them).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from values.messages import Priority

# What somebody waits for stands behind nothing that may take its time: sending has a queue of its
# own, conversations have one, and what goes to many at once has one.
BULK_QUEUE: Final = "bulk"
QUEUES: Final = ("send", BULK_QUEUE, "chat", "default")
# What of a queue goes before the rest of it, the most urgent first: each a line of its own, in
# which who came first is first.
_LANES: Final = {Priority.CODE: ".code", Priority.PROMPT: ".prompt"}


def lanes_of(queue: str) -> tuple[str, ...]:
    """The lines of a queue, in the order in which they are worked."""
    return (*(queue + lane for lane in _LANES.values()), queue)


def is_prompt(lane: str) -> bool:
    """Whether somebody waits for what stands in a line."""
    return queue_of_lane(lane) != lane


def queue_of_lane(name: str) -> str:
    """The queue that a line is of."""
    return name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class JobKind:
    """`name` is the kind of the outbox's rows, `function` the dotted path of what does them;
    `bulk_function`, if there is one, of what does many of a tenant's rows of priority BULK."""

    name: str
    queue: str
    function: str
    bulk_function: str = ""

    @property
    def functions(self) -> frozenset[str]:
        """What a job of this kind may call."""
        return frozenset({self.function, self.bulk_function} - {""})

    def in_bulk(self, priority: int) -> bool:
        """Whether rows of a priority are done many at once, on the queue for that."""
        return bool(self.bulk_function) and priority == Priority.BULK

    def queue_of(self, priority: int) -> str:
        """The line of a row: its queue's, or one that is worked before that."""
        if self.in_bulk(priority):
            return BULK_QUEUE
        return self.queue + _LANES.get(Priority(priority), "")


# Kinds by their names.
JobKinds = Mapping[str, JobKind]
