"""What follows when a wrong PIN locks: those whose it is are texted, and staff are alarmed where
somebody guesses at many people, at once or slowly, or often at one."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from core.db.database import Tx
from core.messaging.messages import write_text
from core.people.messages import PinIsLocked
from core.people.pins import PinCheck
from core.people.wrong_pins import Guessing, Held
from engine.context import TurnContext
from values.alarms import raise_alarm

log = logging.getLogger(__name__)


_GUESSING: Final[Mapping[Guessing, str]] = {
    "spread": "wrong PINs of too many people in a minute. Theirs are locked, nobody else's",
    "slow": "wrong PINs of too many people in a day, and no right one since."
    " Nobody is locked for it",
    "often": "too many wrong PINs of one person in a day",
}


def tell_locked(context: TurnContext, subscriber_id: uuid.UUID, check: PinCheck) -> None:
    """Text everybody whose PIN this wrong one of `subscriber_id` has locked, and raise an alarm
    where somebody seems to guess. Raises Unavailable."""
    locked = list(check.held)
    if not check.tries_left:
        locked.append(Held(subscriber_id, check.locked_minutes))
    if locked:
        context.autonomous(_write_texts, context.service.id, locked)
    slug = context.tenant.slug
    for guessing in check.guessing:
        raise_alarm(
            log,
            "wrong_pins",
            guessing,
            f"{slug}: {_GUESSING[guessing]}: piga tenant wrong-pins {slug}",
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
