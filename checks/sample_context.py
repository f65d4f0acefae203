"""A context of a turn without a core behind it: samples answer."""

import uuid
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

from checks import samples
from checks.samples import Answers
from core.db.autocommit import Autocommit
from core.db.database import Deadline, Tx
from core.people import pin_attempts
from core.people.errors import FirstUseLocked, PinLocked
from core.people.first_use import FIRST_USE_TRIES, FirstUseCheck
from core.people.pins import PinCheck
from core.security.keyring import Keyring
from core.tenants.directory import Service
from engine.context import TurnContext, tree_of
from engine.registry import Registry

P = ParamSpec("P")
R = TypeVar("R")
# A function of the core that is asked for something.
Fact = Callable[..., Any]


class NoSample(Exception):
    """A flow asked the core for something that there is no sample of."""


class SampleContext(TurnContext):
    """`asked` holds the functions of the core that were called."""

    __slots__ = ("_answers", "asked")

    def __init__(self, answers: Answers, service: Service, flows: Registry) -> None:
        self._answers = answers
        self.asked: set[Fact] = set()
        self.service = service
        self.tenant = service.tenant
        self.flows = flows
        self.tree = tree_of(service)
        self.keys = _KEYS
        self.address = samples.OWN_NUMBER
        self.session_hash = "0" * 32
        self.deadline = Deadline()
        self.pin_right_of = None

    def read(self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        self.asked.add(fact)
        answer = self._answers.get(fact)
        if answer is None:
            room = fact.__module__.removeprefix("core.")
            raise NoSample(f"asks the core for {room}.{fact.__name__}: there is no sample")
        return cast(R, answer(*args, **kwargs))

    def write(
        self, change: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return self.read(change, *args, **kwargs)

    def single_read(
        self,
        fact: Callable[Concatenate[Tx | Autocommit, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        return self.read(fact, *args, **kwargs)

    def single_write(
        self,
        change: Callable[Concatenate[Tx | Autocommit, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        return self.read(change, *args, **kwargs)

    def autonomous(
        self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return self.read(fact, *args, **kwargs)

    def check_pin(self, subscriber_id: uuid.UUID, pin: str) -> PinCheck:
        if pin == samples.LOCKING_PIN:
            raise PinLocked(minutes=pin_attempts.PIN_LOCK_LONGEST_S // 60)
        return PinCheck(pin == samples.RIGHT_PIN, pin_attempts.PIN_TRIES - 1)

    def check_first_use(self, subscriber_id: uuid.UUID, answer: str) -> FirstUseCheck:
        if answer == samples.LOCKING_CODE:
            raise FirstUseLocked
        right = answer in (samples.FIRST_USE_CODE, str(samples.BIRTH_YEAR))
        return FirstUseCheck(right, FIRST_USE_TRIES - 1)

    def rollback(self) -> None:
        pass


class _Keys(Keyring):
    """Hashes no PIN: that takes its time on purpose."""

    def hash_pin(self, pin: str) -> str:
        return pin

    def verify_pin(self, pin: str, phc: str) -> bool:
        return pin == phc


_KEYS: Final = _Keys(bytes(32))
