"""What a step may reach during one turn: its tenant, the core through one transaction, the keys."""

import contextlib
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from core.db.autocommit import Autocommit
from core.db.database import Database, Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.inbox.papers import FILE_CHANNELS
from core.people import first_use, numbers, pins
from core.people.people import USSD
from core.people.wrong_pins import PEOPLE_A_DAY, PEOPLE_A_MINUTE, Levels
from core.security.keyring import Keyring
from core.tenants.directory import Service, Tenant
from engine.limits import GIVE_BACK_S
from menus.tree import Tree
from menus.tree_reading import read_tree

if TYPE_CHECKING:
    from engine.registry import Registry

P = ParamSpec("P")
R = TypeVar("R")


# The channels on which people send files.
WITH_FILES: Final = FILE_CHANNELS


class TurnContext:
    """One turn's reach. The transaction is opened by the first `read` or `write`, and there is one
    a turn.

    `autonomous` reads or changes in a transaction of its own, committed before it answers: for what
    comes before a PIN is hashed, and for tries that count whatever follows. `single_read` reads in
    a single round trip, for what may well be all that the turn reads; `single_write` changes so.
    """

    __slots__ = (
        "_database",
        "_only_reads",
        "_scope",
        "_tx",
        "_wrote",
        "address",
        "address_channel",
        "deadline",
        "flows",
        "in_transaction",
        "keys",
        "pin_right_of",
        "service",
        "session_hash",
        "tenant",
        "tree",
    )

    def __init__(
        self,
        database: Database,
        keys: Keyring,
        service: Service,
        flows: "Registry",
        *,
        address: str,
        address_channel: str = USSD,
        session_hash: str,
        deadline: Deadline,
        only_reads: bool = False,
    ) -> None:
        self._database = database
        self._only_reads = only_reads
        self._scope: contextlib.ExitStack | None = None
        self._tx: Tx | None = None
        self._wrote = False
        self.in_transaction = False
        self.keys = keys
        self.service = service
        self.tenant: Tenant = service.tenant
        self.flows = flows
        self.tree = service.derived.get("tree") or tree_of(service)
        self.address = address
        self.address_channel = address_channel
        self.session_hash = session_hash
        self.deadline = deadline
        # Whose PIN was asked for in this turn, and typed right.
        self.pin_right_of: uuid.UUID | None = None

    @property
    def takes_files(self) -> bool:
        """Whether people can send files where this turn is."""
        return self.service.channel in WITH_FILES

    @property
    def tx(self) -> Tx:
        if self._tx is None:
            self.in_transaction = True
            self._scope = contextlib.ExitStack()
            self._tx = self._scope.enter_context(
                self._database.transaction(self.tenant.id, self.deadline)
            )
        return self._tx

    def read(self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return fact(self.tx, *args, **kwargs)

    def write(
        self, change: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Change the core. Raises Unavailable where nothing may be changed."""
        self._require_writing()
        self._wrote = True
        return change(self.tx, *args, **kwargs)

    def single_read(
        self,
        fact: Callable[Concatenate[Tx | Autocommit, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Read one fact, in one round trip. Where the turn has its transaction already, in that: a
        turn needs one connection and never waits for a second."""
        if self._tx is not None:
            return fact(self._tx, *args, **kwargs)
        return fact(self._database.autocommit(self.tenant.id, self.deadline), *args, **kwargs)

    def single_write(
        self,
        change: Callable[Concatenate[Tx | Autocommit, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Change the core in one round trip, committed at once: for what may stand though nothing
        follows, and may be asked twice. Where the turn has its transaction already, in that.
        Raises Unavailable where nothing may be changed."""
        if self._tx is not None:
            return self.write(change, *args, **kwargs)
        self._require_writing()
        return self.single_read(change, *args, **kwargs)

    def autonomous(
        self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Read or change the core in a transaction of its own, committed at once. Raises
        Unavailable where nothing may be changed."""
        self._require_writing()
        with self._database.transaction(self.tenant.id, self.deadline) as tx:
            return fact(tx, *args, **kwargs)

    def check_pin(self, subscriber_id: uuid.UUID, pin: str) -> pins.PinCheck:
        """Verify a PIN: counted first, no connection held while it is hashed. A right one gives
        the counted guesses back with this turn's COMMIT. Raises NumberTakenOut, PinLocked, NoPin.
        """
        check = pins.check_pin(
            self._database,
            self.keys,
            self.deadline,
            tenant_id=self.tenant.id,
            subscriber_id=subscriber_id,
            pin=pin,
            address=self.address,
            levels=self._wrong_pins,
        )
        if check.right:
            self.accept_pin(subscriber_id)
        return check

    @property
    def _wrong_pins(self) -> Levels:
        settings = self.tenant.settings
        a_minute = int(settings.get("wrong_pins_a_minute", PEOPLE_A_MINUTE))
        a_day = int(settings.get("wrong_pins_a_day", max(PEOPLE_A_DAY, a_minute)))
        return Levels(a_minute, a_day)

    def check_first_use(self, subscriber_id: uuid.UUID, answer: str) -> first_use.FirstUseCheck:
        """Compare what somebody shows at their first use with what staff know: counted first, in
        transactions of its own. Raises FirstUseLocked, and Unavailable where nothing may be
        changed."""
        self._require_writing()
        return first_use.check_first_use(
            self._database,
            self.keys,
            self.deadline,
            tenant_id=self.tenant.id,
            subscriber_id=subscriber_id,
            answer=answer,
        )

    def accept_pin(self, subscriber_id: uuid.UUID) -> None:
        self.pin_right_of = subscriber_id
        self._note_right_pin(subscriber_id)

    def _note_right_pin(self, subscriber_id: uuid.UUID) -> None:
        self.write(numbers.pin_was_right_at, self.keys, subscriber_id, self.address)

    def _require_writing(self) -> None:
        if self._only_reads:
            raise Unavailable("only reading")

    def commit(self) -> bool:
        """Commit what this turn did: False when its answer was lost, so that it may have happened
        or not. What only read has nothing to lose. Raises Unavailable."""
        if self._scope is not None:
            scope, self._scope, self._tx = self._scope, None, None
            self.in_transaction = False
            try:
                scope.close()
            except OutcomeUnknown:
                return not self._wrote
        return True

    def rollback(self) -> None:
        """Undo what this turn did so far; a later `read` opens another transaction."""
        if self._scope is not None:
            scope, self._scope, self._tx = self._scope, None, None
            self.in_transaction = False
            with contextlib.suppress(_Undo):
                scope.__exit__(_Undo, _Undo(), None)

    def undo(self) -> None:
        """Undo what this turn changed; that the PIN was right stays true."""
        self.rollback()
        if self.pin_right_of is not None:
            self._note_right_pin(self.pin_right_of)

    def give_back_pin(self) -> None:
        """The turn failed after a right PIN: it must not count as a guess, if that can be helped.
        Raises Unavailable."""
        if self.pin_right_of is not None:
            self.rollback()
            self.deadline = Deadline(GIVE_BACK_S)
            self.autonomous(pins.pin_was_right, self.pin_right_of)

    def __enter__(self) -> "TurnContext":
        return self

    def __exit__(self, *fault: Any) -> None:
        self.rollback()


class _Undo(Exception):
    """Rolls a transaction back without being anybody's error."""


def tree_of(service: Service) -> Tree:
    """The service's menu tree, read once."""
    tree = service.derived.get("tree")
    if tree is None:
        tree = service.derived["tree"] = read_tree(service.tree)
    assert isinstance(tree, Tree)
    return tree
