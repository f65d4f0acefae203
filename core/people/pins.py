"""A person's PIN: what a guess comes to, the first one, and another in its place."""

import uuid
from dataclasses import dataclass

from core.db.database import Database, Deadline, Tx
from core.money.errors import IntentExpired
from core.people import pin_attempts, wrong_pins
from core.people.errors import AlreadyRegistered, NoPin, NumberTakenOut, PinLocked
from core.people.people import USSD
from core.people.pin_attempts import PIN_LOCK_S
from core.security.keyring import Keyring

_MARK = "coalesce(extract(epoch FROM pin_set_at)::text, '')"


@dataclass(frozen=True, slots=True)
class PinCheck:
    """What a guess came to. `tries_left` counts after it; `locked_minutes` says for how long it
    locked, of which the person is to be texted, and is 0 where it did not. `held` are others
    whose PIN was locked with it, since too many people's were wrong; `guessing` says what staff
    are to be alarmed of."""

    right: bool
    tries_left: int
    locked_minutes: int = 0
    held: tuple[wrong_pins.Held, ...] = ()
    guessing: tuple[wrong_pins.Guessing, ...] = ()


def check_pin(
    database: Database,
    keys: Keyring,
    deadline: Deadline,
    *,
    tenant_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    pin: str,
    address: str,
    channel: str = USSD,
    levels: wrong_pins.Levels = wrong_pins.LEVELS,
) -> PinCheck:
    """Verify a PIN that was typed at an address. The guess is counted and committed first, and no
    connection is held while it is hashed; on success give it back with `pin_was_right` in the
    transaction that follows. Where PINs of more people are wrong than `levels` say, a wrong one
    locks at once.

    Raises NumberTakenOut where the address was taken out since the session began; PinLocked
    (params: minutes), NoPin, Unavailable.
    """
    pin_hash, tries_left, locked_s, is_theirs = pin_attempts.count(
        database,
        deadline,
        tenant_id=tenant_id,
        subscriber_id=subscriber_id,
        channel=channel,
        lookup=keys.lookup(channel, address),
    )
    locked_minutes = -(-(locked_s or 0) // 60)
    if pin_hash is None:
        if locked_s is None:
            raise NoPin
        raise PinLocked(minutes=locked_minutes)
    if not is_theirs:
        raise NumberTakenOut
    if keys.verify_pin(pin, pin_hash):
        return PinCheck(True, tries_left)
    with database.transaction(tenant_id, deadline) as tx:
        counted = wrong_pins.count_wrong(tx, subscriber_id, levels=levels, lock_s=PIN_LOCK_S)
    for one in counted.held:
        if one.subscriber_id == subscriber_id:
            tries_left, locked_minutes = 0, one.minutes
    others = tuple(one for one in counted.held if one.subscriber_id != subscriber_id)
    return PinCheck(False, tries_left, locked_minutes, others, counted.guessing)


GIVE_GUESSES_BACK = (
    "UPDATE subscriber SET pin_attempts = 0, pin_locked_until = NULL, pin_locks = 0"
    " WHERE tenant_id = current_tenant() AND id = {who} AND pin_attempts > 0"
)


def pin_was_right(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """Give the counted guesses back; sent with the COMMIT of what the PIN allowed."""
    tx.defer(GIVE_GUESSES_BACK.format(who="%s"), (subscriber_id,))


def set_first_pin(tx: Tx, subscriber_id: uuid.UUID, pin_hash: str, language: str) -> None:
    """Register somebody whom staff entered: the first PIN, and their language.

    Raises AlreadyRegistered where there is a PIN by now, or was one: only the old one, or two
    officers, let it be replaced.
    """
    done = tx.one(
        "UPDATE subscriber SET pin_hash = %s, language = %s, pin_set_at = now(),"
        " registered_at = now()"
        " WHERE tenant_id = current_tenant() AND id = %s AND pin_hash IS NULL"
        " AND pin_reset_at IS NULL RETURNING 1",
        (pin_hash, language, subscriber_id),
    )
    if done is None:
        raise AlreadyRegistered


def pin_hash_of(tx: Tx, subscriber_id: uuid.UUID) -> str | None:
    """The hash of a person's PIN, to compare a new one with; None where there is no PIN."""
    row = tx.one(
        "SELECT pin_hash FROM subscriber WHERE tenant_id = current_tenant() AND id = %s",
        (subscriber_id,),
    )
    return row[0] if row else None


def pin_mark(tx: Tx, subscriber_id: uuid.UUID) -> str:
    """What tells the PIN that a person has now from any other that they had or will have."""
    row = tx.one(
        f"SELECT {_MARK} FROM subscriber WHERE tenant_id = current_tenant() AND id = %s",
        (subscriber_id,),
    )
    return str(row[0]) if row else ""


def set_pin(
    tx: Tx, subscriber_id: uuid.UUID, pin_hash: str, *, replaces: str | None = None
) -> None:
    """Replace a PIN. The lockout stays: a new PIN is no way round it.

    `replaces` is the mark of the PIN that was typed before. Raises IntentExpired where that is not
    the person's PIN any more: it was changed elsewhere, or officers took it away.
    """
    done = tx.one(
        "UPDATE subscriber SET pin_hash = %s, pin_set_at = now()"
        " WHERE tenant_id = current_tenant() AND id = %s AND pin_reset_at IS NULL"
        f" AND coalesce(%s, {_MARK}) = {_MARK} RETURNING 1",
        (pin_hash, subscriber_id, replaces),
    )
    if done is None:
        raise IntentExpired
