"""People with money to move, who dial again until they have seen that it has moved.

A member pays into a group. An agent sells to a customer: at once, or held until the customer's PIN
at their next dial.
"""

import http.client
import random
import re
import secrets
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field

SERVICE_CODE = "*384*10#"
HOP_TIMEOUT_S = 8.0
DIALS_MAXIMUM = 80
PATIENCE_S = 120.0
HOPS_MAXIMUM = 12

MEMBER, AGENT, CUSTOMER = "member", "agent", "customer"
# The main menu's key that each of them wants: saving, selling, and what came of it.
KEYS = {MEMBER: "1", AGENT: "9", CUSTOMER: "7"}

_REFERENCE = r"Ref (?P<reference>[0-9A-HJKMNP-TV-Z]{8})\."
_DONE = (
    re.compile(
        r"(?:Saved|Pay cash:|, cash|Done: [^,.]+,) (?P<amount>[\d,]+) RWF[^.]*\. " + _REFERENCE
    ),
    re.compile(_REFERENCE + r" Now take (?P<amount>[\d,]+) RWF in cash"),
)
_RECEIPT = re.compile(r"[\d,]+ RWF from .*?Ref ([0-9A-HJKMNP-TV-Z]{8})", re.DOTALL)


@dataclass
class Deal:
    """What one conversation came to, or the two of a sale that is held.

    `reference` is what a screen said was done, if one did. A sale has a `customer`.
    """

    number: str
    amount: int
    customer: str = ""
    held: bool = False
    reference: str = ""
    dials: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """As entries call it."""
        return "topup" if self.customer else "contribution"


class Caller:
    """Answers whatever the screen asks, as a person would: it reads, it does not count hops."""

    def __init__(self, hook_url: str, pin: str, seed: int) -> None:
        parts = urllib.parse.urlsplit(hook_url)
        self._host, self._path = parts.netloc, parts.path
        self._pin = pin
        self._random = random.Random(seed)

    def close(self, deal: Deal) -> None:
        """Hold the conversations of a deal, until it is seen to be done."""

        def done(screen: str) -> bool:
            return _sees_done(deal, screen)

        if deal.held:
            if self._until(deal, AGENT, lambda screen: done(screen) or _sees_waiting(deal, screen)):
                self._until(deal, CUSTOMER, lambda screen: done(screen) or _sees_got(deal, screen))
        else:
            self._until(deal, AGENT if deal.customer else MEMBER, done)

    def dial_once(self, deal: Deal, see: Callable[[str], bool]) -> None:
        """Hold one conversation of a member's, until `see` says of a screen that it is enough."""
        self._dial(deal, MEMBER, see)

    def _until(self, deal: Deal, who: str, seen: Callable[[str], bool]) -> bool:
        """Dial until it is seen, or until even a patient person gives up: not before a server that
        was killed has had the time to come back on a busy machine."""
        gives_up_at = time.monotonic() + PATIENCE_S
        while not deal.reference:
            if deal.dials >= DIALS_MAXIMUM and time.monotonic() > gives_up_at:
                break
            if deal.dials:
                time.sleep(self._random.uniform(0.2, 0.6))  # a person needs longer
            deal.dials += 1
            if self._dial(deal, who, seen):
                return True
        return bool(deal.reference)

    def _dial(self, deal: Deal, who: str, seen: Callable[[str], bool]) -> bool:
        number = deal.customer if who == CUSTOMER else deal.number
        session, text = f"ATUid_{secrets.token_hex(16)}", ""
        for _ in range(HOPS_MAXIMUM):
            screen = self._post(deal, number, session, text)
            if screen is None:
                return False
            if seen(screen):
                return True
            if screen.startswith("END"):
                return False
            answer = self._answer(deal, who, screen)
            text = f"{text}*{answer}" if text else answer
        return False

    def _answer(self, deal: Deal, who: str, screen: str) -> str:
        if "How much" in screen:
            return str(deal.amount)
        if "phone number?" in screen:
            return deal.customer
        if "Enter your PIN" in screen:
            return self._pin
        if "Ibimina\n" in screen:
            return KEYS[who]
        return "1"

    def _post(self, deal: Deal, number: str, session: str, text: str) -> str | None:
        """The screen, or None when it never came: then some dial again, some ask for it again."""
        body = urllib.parse.urlencode(
            {
                "sessionId": session,
                "phoneNumber": number,
                "networkCode": "63510",
                "serviceCode": SERVICE_CODE,
                "text": text,
            }
        )
        for _ in range(2):
            connection = http.client.HTTPConnection(self._host, timeout=HOP_TIMEOUT_S)
            try:
                connection.request(
                    "POST",
                    self._path,
                    body,
                    {"Content-Type": "application/x-www-form-urlencoded"},
                )
                response = connection.getresponse()
                screen = response.read().decode()
                if response.status == http.client.OK:
                    return screen
                deal.faults.append(f"http {response.status}")
            except (OSError, http.client.HTTPException) as fault:
                deal.faults.append(type(fault).__name__)
            finally:
                connection.close()
            if self._random.random() < 0.5:
                return None
        return None


def _sees_done(deal: Deal, screen: str) -> bool:
    for found in (found for kind in _DONE for found in kind.finditer(screen)):
        if int(found["amount"].replace(",", "")) == deal.amount:
            deal.reference = found["reference"]
            return True
    return False


def _sees_waiting(deal: Deal, screen: str) -> bool:
    return "Waiting for the customer." in screen or f"Still waiting: {deal.amount:,} RWF" in screen


def _sees_got(deal: Deal, screen: str) -> bool:
    """The customer's last receipts: theirs is the only one."""
    found = _RECEIPT.search(screen)
    if found:
        deal.reference = found[1]
    return found is not None
