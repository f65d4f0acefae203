"""Kinds of job: on which queue each is done, and by which function.

A domain names its kinds. A function takes (tenant_id, outbox_id) as text, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

QUEUES = ("send", "default")


@dataclass(frozen=True, slots=True)
class JobKind:
    """`name` is the kind of the outbox's rows, `function` the dotted path of what does them."""

    name: str
    queue: str
    function: str


# Kinds by their names.
JobKinds = Mapping[str, JobKind]
