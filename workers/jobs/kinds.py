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
        """The queue of a row."""
        return BULK_QUEUE if self.in_bulk(priority) else self.queue


# Kinds by their names.
JobKinds = Mapping[str, JobKind]
