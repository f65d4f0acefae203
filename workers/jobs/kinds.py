"""Kinds of work by name: on which queue each is done, and by which function.

The next kind is one line here. A function takes (tenant_id, outbox_id) as text, and nothing else.
"""

from dataclasses import dataclass

from core.messaging.messages import SEND_TEXT

QUEUES = ("send", "default")


@dataclass(frozen=True, slots=True)
class Work:
    queue: str
    function: str


KINDS = {SEND_TEXT: Work("send", "workers.sending.send.send_text")}

FUNCTIONS = frozenset(work.function for work in KINDS.values())
