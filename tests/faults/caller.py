"""A person who wants to pay into a group, and dials again until they have seen that it is paid."""

import http.client
import random
import re
import secrets
import time
import urllib.parse
from dataclasses import dataclass, field

SERVICE_CODE = "*384*10#"
HOP_TIMEOUT_S = 8.0
DIALS_MAXIMUM = 80

_PAID = re.compile(r"(?:Paid|Done:) ([\d,]+) RWF.*?Ref ([0-9A-Z]{8})", re.DOTALL)


@dataclass
class Payment:
    """What one conversation came to. `reference` is what the screen said was paid, if it did."""

    number: str
    amount: int
    reference: str = ""
    dials: int = 0
    faults: list[str] = field(default_factory=list)


class Caller:
    """Answers whatever the screen asks, as a person would: it reads, it does not count hops."""

    def __init__(self, hook_url: str, pin: str, seed: int) -> None:
        parts = urllib.parse.urlsplit(hook_url)
        self._host, self._path = parts.netloc, parts.path
        self._pin = pin
        self._random = random.Random(seed)

    def pay(self, number: str, amount: int) -> Payment:
        payment = Payment(number, amount)
        while not payment.reference and payment.dials < DIALS_MAXIMUM:
            if payment.dials:
                time.sleep(self._random.uniform(0.2, 0.6))  # a person needs longer
            payment.dials += 1
            self._dial(payment)
        return payment

    def _dial(self, payment: Payment) -> None:
        session, text = f"ATUid_{secrets.token_hex(16)}", ""
        for _ in range(12):
            screen = self._post(payment, session, text)
            if screen is None:
                return
            if self._seen_paid(payment, screen) or screen.startswith("END"):
                return
            answer = self._answer(payment, screen)
            text = f"{text}*{answer}" if text else answer

    def _seen_paid(self, payment: Payment, screen: str) -> bool:
        for amount, reference in _PAID.findall(screen):
            if int(amount.replace(",", "")) == payment.amount:
                payment.reference = reference
                return True
        return False

    def _answer(self, payment: Payment, screen: str) -> str:
        if "How much" in screen:
            return str(payment.amount)
        if "Enter your PIN" in screen:
            return self._pin
        return "1"

    def _post(self, payment: Payment, session: str, text: str) -> str | None:
        """The screen, or None when it never came: then some dial again, some ask for it again."""
        body = urllib.parse.urlencode(
            {
                "sessionId": session,
                "phoneNumber": payment.number,
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
                payment.faults.append(f"http {response.status}")
            except (OSError, http.client.HTTPException) as fault:
                payment.faults.append(type(fault).__name__)
            finally:
                connection.close()
            if self._random.random() < 0.5:
                return None
        return None
