"""Lifecycles: the states that a row goes through, declared once.

    HOLD = Lifecycle(
        "hold",
        initial="pending",
        transitions=[["post", "pending", "posted"], ["void", "pending", "voided"]],
    )
    HOLD.advance("void", sets="ended_at = now()", where="id = %s", returning="id")

`advance` gives the statement that takes a step: a compare-and-set on the states that the step may
be taken from, so that of two who take it at once one finds nothing. The diagram in the reference is
drawn from the same declaration, and a test compares it with the CHECK of the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of step. `sources` are the states that it may be taken from."""

    trigger: str
    sources: tuple[str, ...]
    dest: str


class Lifecycle:
    """The lifecycle of a table's rows, in their column `state`.

    `transitions` are in the notation of the `transitions` library: [trigger, source or sources,
    destination]; one trigger leads to one state. Raises ValueError for a trigger named twice.
    """

    def __init__(
        self, table: str, *, initial: str, transitions: Iterable[list[str | list[str]]]
    ) -> None:
        self.table: Final = table
        self.initial: Final = initial
        self.steps: Final = tuple(_step(each) for each in transitions)
        self._by_trigger: Final = {step.trigger: step for step in self.steps}
        if len(self._by_trigger) != len(self.steps):
            raise ValueError(f"{table}: a trigger leads to one state")
        named = [initial]
        for step in self.steps:
            named += [*step.sources, step.dest]
        self.states: Final = tuple(dict.fromkeys(named))

    @property
    def arrows(self) -> tuple[tuple[str, str], ...]:
        """Every (from, to) that a row may go."""
        return tuple((source, step.dest) for step in self.steps for source in step.sources)

    def sources(self, trigger: str) -> str:
        """The states that a step may be taken from, as an SQL condition on `state`."""
        sources = self._by_trigger[trigger].sources
        if len(sources) == 1:
            return f"state = '{sources[0]}'"
        return f"state IN ({', '.join(repr(source) for source in sources)})"

    def advance(self, trigger: str, *, where: str, sets: str = "", returning: str = "") -> str:
        """The UPDATE that takes a step. What has been taken elsewhere it does not find.

        `where` says which rows, beside their tenant and state; `sets` is what changes with the
        state; their parameters come in the order of the text: those of `sets`, then of `where`.
        """
        changes = f"state = '{self._by_trigger[trigger].dest}'" + (f", {sets}" if sets else "")
        answer = f" RETURNING {returning}" if returning else ""
        return (
            f"UPDATE {self.table} SET {changes}"
            f" WHERE tenant_id = current_tenant() AND {where} AND {self.sources(trigger)}{answer}"
        )

    def mermaid(self) -> str:
        """The diagram as text. States that lead no further lead to the end."""
        leads_on = {source for source, _ in self.arrows}
        lines = ["stateDiagram-v2", "  direction LR", f"  [*] --> {self.initial}"]
        lines += [
            f"  {source} --> {step.dest}: {step.trigger}"
            for step in self.steps
            for source in step.sources
        ]
        lines += [f"  {state} --> [*]" for state in self.states if state not in leads_on]
        return "\n".join(lines) + "\n"


def awaiting_a_word(table: str) -> Lifecycle:
    """The lifecycle of what waits for somebody's word: approved, refused, or too late."""
    return Lifecycle(
        table,
        initial="pending",
        transitions=[
            ["approve", "pending", "approved"],
            ["refuse", "pending", "refused"],
            ["expire", "pending", "expired"],
        ],
    )


def _step(declared: list[str | list[str]]) -> Step:
    trigger, sources, dest = declared
    assert isinstance(trigger, str)
    assert isinstance(dest, str)
    return Step(trigger, (sources,) if isinstance(sources, str) else tuple(sources), dest)
