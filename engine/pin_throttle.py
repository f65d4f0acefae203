"""People of a tenant with a wrong PIN, counted: three tries a person do not stop whoever guesses at
each of a thousand. People and not PINs, so that nobody alone can stop the PINs of all others."""

import contextlib
import logging
import uuid
from typing import Final

from core.people.errors import PinsPaused
from core.tenants.directory import Tenant
from engine.limits import WRONG_PINS_A_MINUTE
from engine.store.sessions import Store, StoreDown
from menus.limits import PIN_DIGITS_MIN

log = logging.getLogger(__name__)


def may_be_pin(text: str) -> bool:
    """Whether a cumulative text may end with a PIN, whatever the session asks for."""
    return len(text.rpartition("*")[2]) >= PIN_DIGITS_MIN


class PinThrottle:
    """What one turn knows of its tenant's wrong PINs: of how many people when the turn began."""

    __slots__ = ("_maximum", "_store", "_tenant", "_wrong")

    def __init__(self, store: Store, tenant: Tenant, wrong: int) -> None:
        self._store: Final = store
        self._tenant: Final = tenant
        self._wrong: Final = wrong
        self._maximum: Final = int(tenant.settings.get("wrong_pins_a_minute", WRONG_PINS_A_MINUTE))

    def require_few(self) -> None:
        """Raises PinsPaused when there were too many, until their minute is over."""
        if self._wrong > self._maximum:
            raise PinsPaused

    def count_wrong(self, subscriber_id: uuid.UUID) -> None:
        """Count this person: a round trip. Whoever is the first too many raises the alarm."""
        wrong = 0
        with contextlib.suppress(StoreDown):  # then no PIN is taken by the next turn, either
            wrong = self._store.count_wrong_pin(self._tenant.id.hex, subscriber_id.hex)
        if wrong == self._maximum + 1:
            log.error(
                "ALARM %s: wrong PINs of more than %d people in a minute. Its PINs are refused"
                " until that minute is over.",
                self._tenant.slug,
                self._maximum,
            )
