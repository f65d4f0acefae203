"""Somebody who forgot their PIN chooses a new one: asked for by one officer, approved by another.

The second officer reads a code, once, and hands it over; the person is texted at each step. For
24 hours after the choice they may pay little: a person who talked two officers round gets no more.
"""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.messaging.messages import write_text
from core.messaging.notices import write_notice
from core.money import spending
from core.people import first_use, people, pin_reset
from core.people.errors import NoPin
from core.people.people import Person
from core.recovery.messages import NewPinAllowed, NewPinAsked, NewPinChosen
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.money import Money

LIMITED_S: Final = 24 * 60 * 60
# What may be paid in all meanwhile, where the tenant names no `new_pin_limit`: a tenth of the most
# that is paid at once where no table says it.
LIMIT_MINOR: Final = 50_000


class NobodyToReset(ApprovalError):
    """That person has no PIN to forget: hand over the code of their first use."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NewPin(Kind):
    """The person's old PIN is taken away, and the next dial chooses a new one."""

    name: ClassVar[str] = "new_pin"
    life_s: ClassVar[int] = 48 * 60 * 60

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        person = _person(tx, keys, request)
        return Shown(
            f"New PIN for {person.shown_name}",
            {"PIN": pin_reset.state_of(tx, person.id)},
            {"PIN": "chosen at the next dial, with the code that you hand over"},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        person = _person(tx, keys, request)
        try:
            code = pin_reset.take_pin_away(tx, keys, person.id)
        except NoPin:
            raise NobodyToReset from None
        write_notice(tx, person.id, NewPinAllowed())
        return Done(handover=f"{code[:4]} {code[4:]}")

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        person = _person(tx, keys, request)
        if pin_reset.state_of(tx, person.id) == "none":
            raise NobodyToReset
        write_notice(tx, person.id, NewPinAsked(at=clock.now()))


NEW_PIN: Final = NewPin()


def _person(tx: Tx, keys: Keyring, request: Request) -> Person:
    assert request.subject_id is not None
    person = people.get(tx, keys, request.subject_id)
    assert person is not None, "people never disappear"
    return person


@dataclass(frozen=True, slots=True)
class Chosen:
    """The person whose PIN is new, and what they may pay in all for a day."""

    person: Person
    limit: Money


def choose(
    tx: Tx,
    keys: Keyring,
    *,
    tenant: Tenant,
    service_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    pin_hash: str,
    generation: int,
) -> Chosen:
    """Set the PIN of somebody who has shown the code of that generation, and limit what they pay.
    Raises IntentExpired where it is not asked for any more."""
    pin_reset.choose_new_pin(tx, subscriber_id, pin_hash, generation=generation)
    first_use.first_use_is_done(tx, subscriber_id)
    limit = Money(int(tenant.settings.get("new_pin_limit_minor", LIMIT_MINOR)), tenant.currency)
    spending.limit(tx, subscriber_id, limit.amount_minor, for_s=LIMITED_S)
    write_text(
        tx,
        subscriber_id=subscriber_id,
        service_id=service_id,
        message=NewPinChosen(at=clock.now(), limit=limit),
    )
    person = people.get(tx, keys, subscriber_id)
    assert person is not None
    return Chosen(person, limit)
