"""Staff give a number to a person, and take one out: written with the texts that tell of it.

Both numbers are texted, so that nobody's account moves to another phone in silence; a number that
somebody else has by now gets nothing.
"""

import uuid

from core.db.database import Tx
from core.messaging.messages import write_text
from core.people import numbers
from core.people.errors import NumberIsTheirs
from core.people.messages import NumberAttached, NumberDetached
from core.people.people import USSD
from core.security.keyring import Keyring
from values import clock

ENDING_DIGITS = 3


def attach(
    tx: Tx,
    keys: Keyring,
    subscriber_id: uuid.UUID,
    address: str,
    *,
    service_id: uuid.UUID,
    actor: str,
    reason: str,
) -> None:
    """Give a person one more number, and text it and the one in use until now.

    Raises MoneyWaits, NumberIsTheirs, TooManyPeople.
    """
    before = numbers.number_in_use(tx, subscriber_id)
    numbers.attach(tx, keys, subscriber_id, address, actor=actor, reason=reason)
    for to in _both(before, keys.lookup(USSD, address)):
        write_text(
            tx,
            subscriber_id=subscriber_id,
            service_id=service_id,
            message=NumberAttached(ending=_ending(address), at=clock.now()),
            to=to,
        )


def detach(
    tx: Tx,
    keys: Keyring,
    subscriber_id: uuid.UUID,
    address: str,
    *,
    service_id: uuid.UUID,
    actor: str,
    reason: str,
    is_recycled: bool = False,
) -> None:
    """Take a number out of a person's account; text it, and the one that is in use from now on.
    `is_recycled`: somebody else has it, who gets nothing.

    Raises MoneyWaits, NumberIsNotTheirs.
    """
    numbers.detach(tx, keys, subscriber_id, address, actor=actor, reason=reason)
    after = numbers.number_in_use(tx, subscriber_id)
    taken_out = None if is_recycled else keys.lookup(USSD, address)
    for to in _both(after, taken_out):
        write_text(
            tx,
            subscriber_id=subscriber_id,
            service_id=service_id,
            message=NumberDetached(ending=_ending(address), at=clock.now()),
            to=to,
        )


def move(
    tx: Tx,
    keys: Keyring,
    subscriber_id: uuid.UUID,
    address: str,
    *,
    to_id: uuid.UUID,
    service_id: uuid.UUID,
    actor: str,
    reason: str,
) -> None:
    """A number that was one person's is another's: what was texted to it goes on as the other's.

    Raises MoneyWaits, NumberIsNotTheirs, NumberIsTheirs, TooManyPeople.
    """
    if to_id == subscriber_id:
        raise NumberIsTheirs
    detach(
        tx,
        keys,
        subscriber_id,
        address,
        service_id=service_id,
        actor=actor,
        reason=reason,
        is_recycled=True,
    )
    attach(tx, keys, to_id, address, service_id=service_id, actor=actor, reason=reason)


def _ending(address: str) -> str:
    return address[-ENDING_DIGITS:]


def _both(*lookups: bytes | None) -> list[bytes]:
    """Those of two numbers that there are, each once."""
    return list(dict.fromkeys(one for one in lookups if one is not None))
