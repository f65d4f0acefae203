"""Screens that are requests of ours: where a gateway takes the answer to a hop as nothing more than
an acknowledgement.

They leave behind the acknowledgement, on threads beside whatever serves hops: a gateway may wait
for it before it takes a screen. A screen that does not arrive is as lost as an answer on any other
wire, and never tried again: its caller dials again, and reads what was done.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from core.tenants.directory import Service
from engine.turn.ussd import Reply
from providers.contracts.messages import Refused, SendError
from providers.contracts.ussd import UssdHop
from providers.contracts.webhooks import Kind
from values.alarms import raise_alarm
from workers.sending.accounts import Accounts

log = logging.getLogger(__name__)

AT_ONCE: Final = 8
# With those under way. A gateway that answers nothing has this many waiting for it, and no more.
WAITING_MAXIMUM: Final = 64


class Pushes:
    """Sends screens. Safe to share between threads; raises nothing."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._room = threading.Semaphore(WAITING_MAXIMUM)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="push")

    def push(self, kind: Kind, hop: UssdHop, reply: Reply, service: Service) -> None:
        """Returns at once."""
        if not self._room.acquire(blocking=False):
            self._not_shown(service, "too_many_wait")
            return
        self._threads.submit(self._work, kind, hop, reply, service)

    def finish(self) -> None:
        """Wait until all that was given is sent."""
        self._threads.shutdown()

    def _work(self, kind: Kind, hop: UssdHop, reply: Reply, service: Service) -> None:
        assert kind.push is not None
        try:
            kind.push(self._accounts.account(service), hop, reply.text, reply.ends)
        except Refused as refused:
            self._not_shown(service, refused.code, calls=refused.alarm)
        except SendError as error:
            self._not_shown(service, error.code)
        except Exception as fault:
            self._not_shown(service, type(fault).__name__, calls=True)
        finally:
            self._room.release()

    def _not_shown(self, service: Service, why: str, *, calls: bool = False) -> None:
        log.warning("a screen of %s was not shown: %s", service.code, why)
        if calls:
            raise_alarm(
                log,
                "screen_not_shown",
                f"{service.provider} {service.code}",
                f"{service.provider} takes no screens of {service.code}: {why}.",
                tenant_id=service.tenant.id,
            )
