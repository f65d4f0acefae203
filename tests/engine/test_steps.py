"""The steps of a flow are those of its machine in `transitions`."""

import itertools
from typing import Any

import pytest
from transitions import MachineError

from engine.flow import Flow
from engine.flow_map import FlowError
from menus.screens import End
from tests.support.domains import FLOWS

MAP = {"name": "odd", "initial": "asked"}


class Recorder:
    """Stands where a flow does; its hooks write down that they were called, and answer so."""

    take_step = Flow.take_step

    def __init__(self, flow: type[Flow], state: str, answers: dict[str, bool]) -> None:
        self.steps = flow.steps
        self.state = state
        self.answers = answers
        self.called: list[str] = []

    def __getattr__(self, hook: str) -> Any:
        def call() -> bool:
            self.called.append(hook)
            return self.answers.get(hook, True)

        return call


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
def test_a_step_is_what_the_machine_would_take(flow: type[Flow]) -> None:
    for state in flow.map.states:
        leaving = [each for each in flow.map.transitions if each.source == state]
        asked = sorted({name for each in leaving for name in each.hooks})
        for values in itertools.product((True, False), repeat=len(asked)):
            answers = dict(zip(asked, values, strict=True))
            ours, theirs = Recorder(flow, state, answers), Recorder(flow, state, answers)
            try:
                flow.machine.events["answer"].trigger(theirs)
            except MachineError:
                with pytest.raises(MachineError):
                    ours.take_step()  # type: ignore[misc]
                break
            ours.take_step()  # type: ignore[misc]
            assert (ours.state, ours.called) == (theirs.state, theirs.called)
            assert {*theirs.called} <= {*asked}


@pytest.mark.parametrize(
    "transition",
    [
        {"trigger": "answer", "source": "asked", "dest": "over", "after": "done"},
        {"trigger": "refuse", "source": "asked", "dest": "over"},
        ["refuse", "asked", "over"],
    ],
)
def test_what_no_step_takes_is_refused_when_the_class_is_made(transition: Any) -> None:
    def over(self: Any) -> End:
        return End("")

    states = {"asked": over, "over": over, "done": over}
    with pytest.raises(FlowError, match="a step has what no step takes"):
        type("Odd", (Flow,), {**states, **MAP, "transitions": [transition]})
