"""A payment provider's fake on loopback with a clock of its own, and adapters pointed at it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from providers.contracts.cost import Cost
from providers.contracts.messages import Account, OutcomeUnknown, Refused, SendError
from providers.contracts.payments import (
    Collection,
    Disbursement,
    PaymentAccepted,
    PaymentKind,
    PaymentState,
    PaymentStatus,
    Reason,
    sentence,
)
from providers.mobile_money.fake import PaymentFake
from providers.mobile_money.tokens import Tokens
from providers.simulator.loopback import HttpPost, listen
from providers.simulator.timers import Later
from values.money import Money

# Every provider whose tests/rig.py has a SETTING.
PROVIDERS = ("airtel_money", "flutterwave", "hubtel_money", "mpesa_daraja", "paystack")
HOOK = "https://piga.example/hooks/payments/s3cr3t"
REFERENCE = UUID("5b1c7c7e-8d0a-4c1e-9a51-0c6f4c1b2a33")


@dataclass
class Clock:
    now_s: float = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass(frozen=True)
class Setting:
    """How a provider is tried: its fake, an account there, its adapter, two people's numbers."""

    fake: Callable[[Later, Callable[..., object], Clock], PaymentFake]
    account: Callable[[str], Account]
    payments: Callable[[Account, Tokens], Any]
    currency: str
    payer: str
    payee: str
    secrets: tuple[str, ...] = ()
    # Whether a reference that comes again is known again, and a payment is found by it alone.
    knows_references: bool = True
    has_tokens: bool = True
    disburses: bool = True
    # Whether the status of a collection says that it failed; else it is pending for ever.
    tells_failures: bool = True


def setting(name: str) -> Setting:
    found = import_module(f"providers.{name}.tests.rig").SETTING
    assert isinstance(found, Setting)
    return found


@dataclass
class Rig:
    setting: Setting
    fake: PaymentFake
    later: Later
    clock: Clock
    url: str
    tokens: Tokens

    def account(self, **more: Any) -> Account:
        return replace(self.setting.account(self.url), **more)

    def payments(self, **more: Any) -> Any:
        return self.setting.payments(self.account(**more), self.tokens)

    def options(self, **wanted: Any) -> None:
        self.fake.books.options = self.fake.books.options.changed(wanted)

    def collection(self, amount_minor: int = 250_000, **more: Any) -> Collection:
        amount = Money(amount_minor, self.setting.currency)
        asked = Collection(uuid4(), self.setting.payer, amount, "Umusanzu", "KOP1 Umusanzu", HOOK)
        return replace(asked, **more)

    def disbursement(self, amount_minor: int = 100_000, **more: Any) -> Disbursement:
        amount = Money(amount_minor, self.setting.currency)
        asked = Disbursement(uuid4(), self.setting.payee, amount, "Igice", callback_url=HOOK)
        return replace(asked, **more)

    def settled(self, kind: PaymentKind, taken: PaymentAccepted) -> PaymentStatus:
        """What is said of a payment after everybody has decided."""
        self.clock.now_s += 1
        found = self.payments().status(kind, taken.reference, taken.provider_id or "")
        assert isinstance(found, PaymentStatus)
        return found


@contextmanager
def rigged(wanted: Setting) -> Iterator[Rig]:
    later, clock, post = Later(), Clock(), HttpPost()
    fake = wanted.fake(later, post.send, clock)
    server = listen("127.0.0.1", 0, fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield Rig(wanted, fake, later, clock, f"http://127.0.0.1:{server.port}", Tokens())
    server.shutdown()
    server.server_close()
    thread.join()
    later.close()
    post.close()


# --- fixtures: an answer a file, with what it means ----------------------------------------------


def answers(folder: Path, pattern: str) -> list[Any]:
    found = [pytest.param(path, id=path.stem) for path in sorted(folder.glob(pattern))]
    assert len(found) >= 5, "a folder without cases"
    return found


def _told(path: Path) -> tuple[int, bytes, dict[str, Any]]:
    read = json.loads(path.read_text())
    body = read["body"] if isinstance(read["body"], str) else json.dumps(read["body"])
    return read["status"], body.encode(), read["expect"]


def check_asked(path: Path, read: Callable[[int, bytes], PaymentAccepted]) -> None:
    """An answer to a request for money."""
    status, body, expected = _told(path)
    result = expected.pop("result")
    if result in ("accepted", "known"):
        taken = read(status, body)
        assert (taken.reference, taken.was_known) == (REFERENCE, result == "known")
        assert taken.provider_id == expected.get("provider_id")
        assert taken.next_step.value == expected.get("next_step", "approve")
        return
    with pytest.raises(SendError) as caught:
        read(status, body)
    error = caught.value
    kind = {"refused": Refused, "unknown": OutcomeUnknown}[result]
    assert (type(error), error.code) == (kind, expected["code"])
    assert error.alarm == expected.get("alarm", False)
    assert error.retryable == expected.get("retryable", False)
    assert sentence(error)
    if kind is OutcomeUnknown:
        assert error.message_id == str(REFERENCE)


def check_status(path: Path, read: Callable[[int, bytes], PaymentStatus]) -> None:
    """An answer about a payment."""
    status, body, expected = _told(path)
    if "error" in expected:
        with pytest.raises(SendError) as caught:
            read(status, body)
        error = caught.value
        assert (type(error).__name__, error.code) == (expected["error"], expected["code"])
        return
    found = read(status, body)
    assert found.state is PaymentState(expected["state"])
    assert found.provider_id == expected.get("provider_id")
    assert found.party == expected.get("party")
    assert found.amount == _cost(expected.get("amount"))
    assert found.fee == _cost(expected.get("fee"))
    assert found.reason == (Reason(expected["reason"]) if "reason" in expected else None)
    assert found.reference == REFERENCE
    assert found.known_as == (REFERENCE if expected.get("known", True) else None)


def _cost(words: str | None) -> Cost | None:
    """ "12.50 GHS"."""
    if words is None:
        return None
    amount, currency = words.split()
    return Cost(Decimal(amount), currency)
