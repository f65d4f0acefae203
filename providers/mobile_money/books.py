"""A fake provider's own books: payments, what becomes of each on its clock, and our two wallets."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from providers.contracts.payments import PaymentKind, PaymentState

OUT_WALLET: Final = Decimal(1_000_000)
# What a number's word may be beside a provider's own codes.
SUCCEEDS: Final = ""
ONGOING: Final = "ONGOING"  # stays pending
EXPIRED: Final = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Options:
    """How payments go on.

    - settle_after_s: until the person has decided; expire_after_s: until nobody waits any more
    - callback: 'on', 'off', 'twice', 'first' (before the answer to the request)
    - callback_after_s: behind the decision
    - lie: what a callback says wrong: 'state', 'amount', 'currency', 'reference' or 'signature',
      where there is one
    - token_life_s
    """

    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "callback": ("on", "off", "twice", "first"),
        "lie": ("", "state", "amount", "currency", "reference", "signature"),
    }

    settle_after_s: float = 0.2
    expire_after_s: float = 300.0
    callback: str = "on"
    callback_after_s: float = 0.0
    lie: str = ""
    token_life_s: float = 3_600.0

    def changed(self, wanted: Mapping[str, Any]) -> Self:
        """With some of it changed. Raises ValueError: an unknown name or an impossible value."""
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such setting: {str(name)[:32]}")
            if name in self.CHOICES:
                fits = value in self.CHOICES[name]
            elif isinstance(known[name], bool):
                fits = isinstance(value, bool)
            else:
                fits = isinstance(value, int | float) and not isinstance(value, bool)
                fits = fits and 0 <= value <= 86_400
            if not fits:
                raise ValueError(f"{name}: not a possible value")
        return replace(self, **wanted)


@dataclass(slots=True)
class Payment:
    """A request that was taken. `state` is where it stood when somebody last looked, `ends` how it
    is to end (PENDING: never), `reason` the provider's word for why not. `asked` is what the
    request said beside, for the answers to repeat."""

    kind: PaymentKind
    reference: str
    amount: Decimal
    currency: str
    party: str = field(repr=False)
    callback_url: str = ""
    refunds: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict, repr=False)
    id: str = ""
    due_s: float = 0.0
    ends: PaymentState = PaymentState.PAID
    reason: str = ""
    state: PaymentState = PaymentState.PENDING
    provider_id: str = ""

    @property
    def wallet(self) -> str:
        return "collection" if self.kind is PaymentKind.COLLECTION else "disbursement"


class Books:
    """All payments of one installation of a fake. A payment moves money once, when its time has
    come, however often somebody looks. `numbers` says what becomes of a person's payments: a word
    of the provider's, ONGOING or EXPIRED."""

    # The provider's words for what the books themselves refuse.
    OWN_LACKS_FUNDS: ClassVar = "NOT_ENOUGH_FUNDS"
    NOT_REFUNDABLE: ClassVar = "NOT_ALLOWED"
    NO_COLLECTION: ClassVar = "TRANSACTION_NOT_FOUND"

    def __init__(
        self,
        options: Options,
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        self.options = self._usual = options
        self.numbers: dict[str, str] = {}
        self.balances = {"collection": Decimal(0), "disbursement": OUT_WALLET}
        self.clock = clock
        self.rng = random.Random(seed if seed is not None else time.time_ns())  # noqa: S311
        self._payments: dict[tuple[str, str], Payment] = {}
        self._lock = threading.Lock()

    def key(self, kind: PaymentKind, reference: str) -> tuple[str, str]:
        """Within which references are unique: one book for each kind, unless a provider has it
        otherwise."""
        return kind.value, reference

    def new_provider_id(self, payment: Payment) -> str:
        """Of the money's movement."""
        return str(self.rng.randrange(10**9, 10**10))

    def new_id(self) -> str:
        """A UUID for what the provider names itself."""
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def plan(self, payment: Payment, word: str) -> None:
        """Say how and when it ends."""
        options = self.options
        late = word == EXPIRED
        payment.due_s = self.clock() + (options.expire_after_s if late else options.settle_after_s)
        ends = {SUCCEEDS: PaymentState.PAID, ONGOING: PaymentState.PENDING}
        usual = PaymentState.EXPIRED if late else PaymentState.FAILED
        payment.ends = ends.get(word, usual)
        payment.reason = "" if word in ends else word

    def add(self, payment: Payment) -> bool:
        """False where there is this reference already; then nothing changes."""
        key = self.key(payment.kind, payment.reference)
        with self._lock:
            if key in self._payments:
                return False
            self._payments[key] = payment
            return True

    def find(self, kind: PaymentKind, reference: str) -> Payment | None:
        """As it stands now."""
        with self._lock:
            payment = self._payments.get(self.key(kind, reference))
            if payment is not None:
                self._settle(payment)
            return payment

    def find_by(self, **wanted: str) -> Payment | None:
        """By other fields than its reference, as it stands now."""
        for payment in self.all():
            if all(getattr(payment, name) == value for name, value in wanted.items()):
                return payment
        return None

    def settle_now(self, payment: Payment) -> None:
        """The person has decided already."""
        with self._lock:
            payment.due_s = self.clock()
            self._settle(payment)

    def all(self) -> list[Payment]:
        with self._lock:
            for payment in self._payments.values():
                self._settle(payment)
            return list(self._payments.values())

    def clear(self) -> None:
        """The usual options, and no numbers; what was paid stays."""
        self.options = self._usual
        self.numbers.clear()

    def _settle(self, payment: Payment) -> None:
        if payment.state is not PaymentState.PENDING or payment.ends is PaymentState.PENDING:
            return
        if self.clock() < payment.due_s:
            return
        if payment.ends is PaymentState.PAID and not self._move(payment):
            payment.ends = PaymentState.FAILED
        payment.state = payment.ends
        if payment.state is PaymentState.PAID and not payment.provider_id:
            payment.provider_id = self.new_provider_id(payment)

    def _move(self, payment: Payment) -> bool:
        if payment.kind is PaymentKind.COLLECTION:
            self.balances["collection"] += payment.amount
            return True
        if payment.kind is PaymentKind.REFUND and not self._may_be_refunded(payment):
            return False
        if self.balances["disbursement"] < payment.amount:
            payment.reason = self.OWN_LACKS_FUNDS
            return False
        self.balances["disbursement"] -= payment.amount
        return True

    def _may_be_refunded(self, refund: Payment) -> bool:
        """A paid collection, up to what was paid."""
        paid = self._payments.get(self.key(PaymentKind.COLLECTION, refund.refunds))
        if paid is not None:
            self._settle(paid)
        back = sum(
            (
                each.amount
                for each in self._payments.values()
                if each.refunds == refund.refunds and each.state is PaymentState.PAID
            ),
            Decimal(),
        )
        good = paid is not None and paid.state is PaymentState.PAID
        if paid is not None and good and back + refund.amount <= paid.amount:
            return True
        refund.reason = self.NOT_REFUNDABLE if paid is not None else self.NO_COLLECTION
        return False
