"""Wrong PINs of a tenant, counted over all its people: three tries a person do not stop whoever
guesses once at each of a thousand."""

import contextlib
import logging
from typing import Final

from core.errors import PinsPaused
from core.tenants import Tenant
from flows.kit.limits import WRONG_PINS_A_MINUTE
from flows.kit.store import Store, StoreDown
from menus.limits import PIN_DIGITS_MIN

log = logging.getLogger(__name__)


def may_be_pin(text: str) -> bool:
    """Whether a cumulative text may end with a PIN, whatever the session asks for."""
    return len(text.rpartition("*")[2]) >= PIN_DIGITS_MIN


class Guesses:
    """What one turn knows of its tenant's wrong PINs: `wrong` of them when the turn began."""

    __slots__ = ("_maximum", "_store", "_tenant", "_token", "_wrong")

    def __init__(self, store: Store, tenant: Tenant, token: bytes, wrong: int) -> None:
        self._store: Final = store
        self._tenant: Final = tenant
        self._token: Final = token
        self._wrong: Final = wrong
        self._maximum: Final = int(tenant.settings.get("wrong_pins_a_minute", WRONG_PINS_A_MINUTE))

    def require_few(self) -> None:
        """Raises PinsPaused when there were too many, until their minute is over."""
        if self._wrong > self._maximum:
            raise PinsPaused

    def count_wrong(self) -> None:
        """Count one more: a round trip. Whoever counts the first too many raises the alarm."""
        wrong = 0
        with contextlib.suppress(StoreDown):  # then no PIN is taken by the next turn, either
            wrong = self._store.count_wrong_pin(self._tenant.id.hex, self._token)
        if wrong == self._maximum + 1:
            log.error(
                "ALARM %s: more than %d wrong PINs in a minute. Its PINs are refused until that"
                " minute is over.",
                self._tenant.slug,
                self._maximum,
            )
