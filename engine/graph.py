"""A flow's transitions as a Mermaid state diagram."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.flow import Flow


@dataclass(frozen=True, slots=True)
class Step:
    """One transition: what must hold for it, and what is done on the way, by method names."""

    source: str
    dest: str
    conditions: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Conditions in brackets, then what is done: `[yes] / pay`."""
        guards = [*self.conditions, *(f"not {name}" for name in self.unless)]
        guard = f"[{', '.join(guards)}]" if guards else ""
        action = f"/ {', '.join(self.before)}" if self.before else ""
        return f"{guard} {action}".strip()


def steps_of(flow: type[Flow]) -> Iterator[Step]:
    """The steps of a flow in the order of its map."""
    for each in flow.transitions:
        told = each if isinstance(each, dict) else {"source": each[1], "dest": each[2]}
        for source in _names(told["source"]):
            yield Step(
                source,
                told["dest"],
                conditions=_names(told.get("conditions")),
                unless=_names(told.get("unless")),
                before=(*_names(told.get("prepare")), *_names(told.get("before"))),
            )


def mermaid(flow: type[Flow]) -> str:
    """The diagram as text. States without a way on lead to the end; resumable ones are marked."""
    steps = list(steps_of(flow))
    lines = ["stateDiagram-v2", f"  [*] --> {flow.initial}"]
    for step in steps:
        label = f" : {step.label}" if step.label else ""
        lines.append(f"  {step.source} --> {step.dest}{label}")
    sources = {step.source for step in steps}
    lines += [f"  {state} --> [*]" for state in flow.states if state not in sources]
    resumable = [state for state in flow.states if state in flow.resumable]
    if resumable:
        lines.append("  classDef resumable stroke-width:3px")
        lines += [f"  class {state} resumable" for state in resumable]
    return "\n".join(lines) + "\n"


def _names(told: Any) -> tuple[str, ...]:
    if told is None:
        return ()
    return (told,) if isinstance(told, str) else tuple(told)
