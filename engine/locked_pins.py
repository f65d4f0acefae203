"""What follows when a wrong PIN locks: those whose it is are texted, and staff are alarmed where
somebody guesses at many people."""

import logging
import uuid
from collections.abc import Sequence

from core.db.database import Tx
from core.messaging.messages import write_text
from core.people.messages import PinIsLocked
from core.people.people import PinCheck
from core.people.wrong_pins import Held
from engine.context import TurnContext
from values.alarms import raise_alarm

log = logging.getLogger(__name__)


def tell_locked(context: TurnContext, subscriber_id: uuid.UUID, check: PinCheck) -> None:
    """Text everybody whose PIN this wrong one of `subscriber_id` has locked, and raise an alarm
    where it is one of many people's. Raises Unavailable."""
    locked = list(check.held)
    if not check.tries_left:
        locked.append(Held(subscriber_id, check.locked_minutes))
    if locked:
        context.autonomous(_write_texts, context.service.id, locked)
    if check.is_spread:
        slug = context.tenant.slug
        raise_alarm(
            log,
            "wrong_pins",
            "spread",
            f"{slug}: wrong PINs of too many people in a minute. Theirs are locked, nobody"
            f" else's: piga tenant wrong-pins {slug}",
            tenant_id=context.tenant.id,
        )


def _write_texts(tx: Tx, service_id: uuid.UUID, locked: Sequence[Held]) -> None:
    for one in locked:
        write_text(
            tx,
            subscriber_id=one.subscriber_id,
            service_id=service_id,
            message=PinIsLocked(minutes=one.minutes),
        )
