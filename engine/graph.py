"""A flow's transitions as a Mermaid state diagram."""

from engine.flow import Flow


def mermaid(flow: type[Flow]) -> str:
    """The diagram as text. States without a way on lead to the end; resumable ones are marked."""
    lines = ["stateDiagram-v2", f"  [*] --> {flow.initial}"]
    for step in flow.map.transitions:
        label = f" : {step.label}" if step.label else ""
        lines.append(f"  {step.source} --> {step.dest}{label}")
    sources = {step.source for step in flow.map.transitions}
    lines += [f"  {state} --> [*]" for state in flow.map.states if state not in sources]
    resumable = [state for state in flow.map.states if state in flow.resumable]
    if resumable:
        lines.append("  classDef resumable stroke-width:3px")
        lines += [f"  class {state} resumable" for state in resumable]
    return "\n".join(lines) + "\n"
