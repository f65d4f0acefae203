"""Says whether a connection is there, and calls a person where it stays away."""

import logging
from typing import Final

from values.alarms import raise_alarm

log = logging.getLogger(__name__)

DOWN_ALARM_S: Final = 30.0
DOWN_ALARM_AGAIN_S: Final = 600.0


class Watch:
    """Says whether the connection is there, and calls a person where it stays away."""

    def __init__(self, account: str, whom: str) -> None:
        """`whom` is what people call the other side."""
        self._account, self._whom = account, whom
        self._said_down = False
        self._alarm_at_s = DOWN_ALARM_S

    def up(self) -> None:
        log.info("%s: connected to %s", self._account, self._whom)
        self._said_down, self._alarm_at_s = False, DOWN_ALARM_S

    def down(self, seconds: float) -> None:
        if not self._said_down:
            self._said_down = True
            log.warning("%s: no connection to %s; trying again", self._account, self._whom)
        if seconds >= self._alarm_at_s:
            self._alarm_at_s = seconds + DOWN_ALARM_AGAIN_S
            raise_alarm(
                log,
                "wire_down",
                self._account,
                f"The account {self._account} has had no connection to {self._whom}"
                f" for {seconds:.0f} seconds: phones that dial its codes get an error.",
            )

    def refused(self, code: str) -> None:
        """We are not let in. A try later may be, but somebody has to look."""
        raise_alarm(
            log,
            "wire_refused",
            self._account,
            f"{self._whom} does not let the account {self._account} in ({code}): phones that dial"
            " its codes get an error.",
        )
