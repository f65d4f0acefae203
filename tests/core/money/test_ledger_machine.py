"""Random operations on the ledger beside a model of it in Python: they must agree after each, and
every invariant must hold whatever was tried."""

import itertools
import uuid
from collections.abc import Iterator

import hypothesis.strategies as st
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.money import ledger
from core.money.errors import Frozen, HoldGone, IdempotencyConflict, InsufficientFunds
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant

pytestmark = pytest.mark.long

ACCOUNTS = 4
amounts = st.integers(1, 120)
places = st.integers(0, ACCOUNTS - 1)
_keys = itertools.count()


class Books(RuleBasedStateMachine):
    """A few wallets and floats, and a fee account that only collects."""

    tenant: Tenant
    holds = Bundle("holds")
    entries = Bundle("entries")

    @initialize(opening=st.lists(st.integers(0, 200), min_size=ACCOUNTS, max_size=ACCOUNTS))
    def open(self, opening: list[int]) -> None:
        kinds = (ledger.WALLET, ledger.FLOAT, ledger.WALLET, ledger.SAVINGS)
        self.accounts = [self.tenant.account(kind) for kind in kinds]
        self.balance = [0] * ACCOUNTS
        self.held = [0] * ACCOUNTS
        self.frozen = [False] * ACCOUNTS
        self.pending: dict[uuid.UUID, tuple[int, int]] = {}
        for place, amount in enumerate(opening):
            if amount:
                self.tenant.fund(self.accounts[place], amount)
                self.balance[place] = amount

    def available(self, place: int) -> int:
        return self.balance[place] - self.held[place]

    @rule(target=entries, source=places, goal=places, amount=amounts)
    def move(
        self, source: int, goal: int, amount: int
    ) -> tuple[str, int, int, int, uuid.UUID | None]:
        key = f"machine {next(_keys)}"
        if source == goal:
            with pytest.raises((psycopg.Error, InsufficientFunds, Frozen)):
                self._post(source, goal, amount, key)
            return key, source, goal, amount, None
        refusal = self._refusal(source, goal, amount, 0)
        if refusal is not None:
            with pytest.raises(refusal):
                self._post(source, goal, amount, key)
            return key, source, goal, amount, None
        posted = self._post(source, goal, amount, key)
        self.balance[source] -= amount
        self.balance[goal] += amount
        assert posted.balances[self.accounts[source]] == self.balance[source]
        return key, source, goal, amount, posted.entry_id

    @rule(entry=entries)
    def move_again(self, entry: tuple[str, int, int, int, uuid.UUID | None]) -> None:
        key, source, goal, amount, entry_id = entry
        if entry_id is None:
            return
        again = self._post(source, goal, amount, key)
        assert (again.entry_id, again.was_new) == (entry_id, False)

    @rule(entry=entries, amount=amounts)
    def use_a_key_for_something_else(
        self, entry: tuple[str, int, int, int, uuid.UUID | None], amount: int
    ) -> None:
        key, source, goal, before, entry_id = entry
        if entry_id is None or amount == before:
            return
        with pytest.raises(IdempotencyConflict):
            self._post(source, goal, amount, key)

    @rule(source=places, amount=amounts)
    def pay_a_fee(self, source: int, amount: int) -> None:
        fees = self.tenant.collecting(ledger.FEES)
        refusal = self._refusal(source, None, amount, 0)
        if refusal is not None:
            with pytest.raises(refusal):
                self.tenant.move(self.accounts[source], fees, amount)
            return
        self.tenant.move(self.accounts[source], fees, amount)
        self.balance[source] -= amount

    @rule(target=holds, place=places, amount=amounts)
    def hold(self, place: int, amount: int) -> tuple[uuid.UUID | None, int]:
        refusal = self._refusal(place, None, amount, 0)
        if refusal is not None:
            with pytest.raises(refusal):
                self.tenant.hold(self.accounts[place], amount)
            return None, place
        id = self.tenant.hold(self.accounts[place], amount)
        self.held[place] += amount
        self.pending[id] = place, amount
        return id, place

    @rule(hold=holds)
    def void(self, hold: tuple[uuid.UUID | None, int]) -> None:
        if hold[0] is None:
            return
        was = self.pending.pop(hold[0], None)
        assert self.tenant.void(hold[0]) is (was is not None)
        if was is not None:
            self.held[was[0]] -= was[1]

    @rule(hold=holds, goal=places, amount=amounts)
    def post_a_hold(self, hold: tuple[uuid.UUID | None, int], goal: int, amount: int) -> None:
        id, place = hold
        if id is None or goal == place:
            return
        _, set_aside = self.pending.get(id, (place, 0))
        refusal: type[Exception] | None = (
            self._refusal(place, goal, amount, set_aside) if id in self.pending else HoldGone
        )
        key = f"machine {next(_keys)}"
        if refusal is not None:
            with pytest.raises(refusal):
                self._post(place, goal, amount, key, id)
            return
        self._post(place, goal, amount, key, id)
        del self.pending[id]
        self.held[place] -= set_aside
        self.balance[place] -= amount
        self.balance[goal] += amount

    @rule(place=places)
    def freeze_or_let_go(self, place: int) -> None:
        self.frozen[place] = not self.frozen[place]
        with self.tenant.tx() as tx:
            tx.execute(
                "UPDATE account SET frozen = %s WHERE id = %s",
                (self.frozen[place], self.accounts[place]),
            )

    @invariant()
    @precondition(lambda self: hasattr(self, "accounts"))
    def the_model_agrees(self) -> None:
        with self.tenant.tx() as tx:
            rows = {
                id: (balance, held)
                for id, balance, held in tx.all(
                    "SELECT id, balance_minor, held_minor FROM account WHERE id = ANY (%s)",
                    (self.accounts,),
                )
            }
        found = [rows[account] for account in self.accounts]
        assert found == list(zip(self.balance, self.held, strict=True))

    def teardown(self) -> None:
        assert self.tenant.broken() == []

    def _post(
        self, source: int, goal: int, amount: int, key: str, hold: uuid.UUID | None = None
    ) -> ledger.Posted:
        return self.tenant.move(self.accounts[source], self.accounts[goal], amount, key, hold)

    def _refusal(
        self, source: int, goal: int | None, amount: int, released: int
    ) -> type[Exception] | None:
        # Accounts are changed in the order of their ids, and the first that refuses decides.
        lines = sorted({source, *([] if goal is None else [goal])}, key=self._order)
        for place in lines:
            if self.frozen[place]:
                return Frozen
            if place == source and self.available(place) + released < amount:
                return InsufficientFunds
        return None

    def _order(self, place: int) -> bytes:
        return self.accounts[place].bytes


@pytest.fixture
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def test_the_ledger_agrees_with_its_model(tenant: Tenant) -> None:
    machine = type("BooksHere", (Books,), {"tenant": tenant})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert tenant.count("entry") > 40
