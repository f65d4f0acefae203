"""The fake on loopback with a clock of its own, and an adapter that is pointed at it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from providers.contracts.messages import Account
from providers.contracts.payments import Collection, Disbursement, Refund
from providers.mobile_money.tokens import Tokens
from providers.mtn_momo.fake import MomoFake
from providers.mtn_momo.pay import MomoPayments
from providers.simulator.loopback import HttpPost, listen
from providers.simulator.timers import Later
from tests.support.providers import raw_server, us
from values.money import Money

__all__ = ["raw_server", "us"]

PAYER = "+250788000105"
PAYEE = "+250788000106"
USER, KEY = "7c2f0c0e-6a55-4d0f-8a4b-1d6c9d3f5b10", "api-k3y"
KEYS = {"collection": "c0llection", "disbursement": "d1sbursement"}
OPTIONS = (
    ("environment", "mtnrwanda"),
    ("collection_key", KEYS["collection"]),
    ("disbursement_key", KEYS["disbursement"]),
)


@dataclass
class Clock:
    now_s: float = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Momo:
    """A fake that listens. `payments()` is an adapter with tokens of its own."""

    fake: MomoFake
    later: Later
    clock: Clock
    url: str
    tokens: Tokens = field(default_factory=Tokens)

    def account(self, **more: Any) -> Account:
        return Account(USER, KEY, **({"base_url": self.url, "options": OPTIONS} | more))

    def payments(self, **more: Any) -> MomoPayments:
        return MomoPayments(self.account(**more), self.tokens)

    def options(self, **wanted: Any) -> None:
        self.fake.wallets.options = self.fake.wallets.options.changed(wanted)


@pytest.fixture
def momo() -> Iterator[Momo]:
    later, clock, post = Later(), Clock(), HttpPost()
    fake = MomoFake(
        later,
        post.send,
        accounts={USER: KEY},
        keys=KEYS,
        environment="mtnrwanda",
        clock=clock,
        seed=7,
    )
    server = listen("127.0.0.1", 0, fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield Momo(fake, later, clock, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    server.server_close()
    thread.join()
    later.close()
    post.close()


def collection(amount: int = 2_500, payer: str = PAYER, **more: Any) -> Collection:
    asked = Collection(uuid4(), payer, Money(amount, "RWF"), "Umusanzu", "KOP1 Umusanzu")
    return replace(asked, **more)


def disbursement(amount: int = 1_000, payee: str = PAYEE, **more: Any) -> Disbursement:
    return replace(Disbursement(uuid4(), payee, Money(amount, "RWF"), "Igice"), **more)


def refund(of: UUID, amount: int) -> Refund:
    return Refund(uuid4(), of, Money(amount, "RWF"), "Refund")
