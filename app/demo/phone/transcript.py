"""A conversation held from beginning to end without anybody at the keys, and what came of it."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypedDict

from app.demo.phone import limits
from app.demo.phone.network import Hop, Network, NetworkDown, NetworkRefused, Sms, explain
from app.demo.phone.screens import MASK, asks_secret, frame, size
from core.tenants.directory import code_candidates
from values.zones import zone_of


class Step(TypedDict):
    """One hop. `sent` is what was dialled or typed, a PIN or code masked; `septets` is the size of
    the screen, in UCS-2 characters where it is not GSM-7."""

    sent: str
    screen: str
    ends: bool
    septets: int
    took_ms: float


# `from` is no name in Python.
Transcript = TypedDict(
    "Transcript",
    {
        "from": str,
        "dial": str,
        "service": str | None,
        "session": str | None,
        "hops": list[Step],
        "state": Literal["open", "ended", "failed"],
        "error": str | None,
        "sms": list[Sms],
    },
)


def hold(
    network: Network, sender: str, dialled: str, answers: Sequence[str], *, with_texts: bool = False
) -> Transcript:
    """Dial and give the answers one after the other, as far as the session goes.

    What goes wrong on the way is in `state` and `error`. With texts, waits up to 6 s for those
    that follow. Raises NetworkRefused for a number that is none, NetworkDown when nothing answers.
    """
    had = {text["id"] for text in network.inbox(sender)} if with_texts else set()
    hop = network.dial(sender, dialled)
    steps: list[Step] = []
    _note(steps, dialled, hop)
    call: Transcript = {
        "from": sender,
        "dial": dialled,
        "service": service_of(network, dialled),
        "session": hop["session"] or None,
        "hops": steps,
        "state": hop["state"],
        "error": hop["error"] and explain(hop["error"]),
        "sms": [],
    }
    for answer in answers:
        if call["state"] != "open":
            break
        sent = MASK if asks_secret(hop["screen"]) else answer
        try:
            hop = network.answer(hop["session"], answer)
        except (NetworkDown, NetworkRefused) as failed:
            call["state"], call["error"] = "failed", str(failed)
            break
        _note(steps, sent, hop)
        call["state"], call["error"] = hop["state"], hop["error"] and explain(hop["error"])
    if with_texts:
        call["sms"] = new_texts(network, sender, had)
    return call


def service_of(network: Network, dialled: str) -> str | None:
    """The code among those in service that a dialled string begins with."""
    known = {each["service"] for each in network.services()}
    return next((code for code in code_candidates(dialled) if code in known), None)


def new_texts(
    network: Network, msisdn: str, had: set[str], within_s: float = limits.TEXTS_WITHIN_S
) -> list[Sms]:
    """The texts that arrived since, once no more do; empty when none came in time."""
    until = time.monotonic() + within_s
    found: list[Sms] = []
    quiet_since = time.monotonic()
    while time.monotonic() < until:
        seen = [text for text in network.inbox(msisdn) if text["id"] not in had]
        if len(seen) != len(found):
            found, quiet_since = seen, time.monotonic()
        if found and time.monotonic() - quiet_since > limits.TEXTS_QUIET_S:
            break
        time.sleep(limits.TEXTS_LOOK_EVERY_S)
    return found


def written(call: Transcript) -> str:
    """The transcript as people read it."""
    parts = []
    for number, step in enumerate(call["hops"]):
        parts.append(f"{call['from']} dials {step['sent']}" if number == 0 else f"> {step['sent']}")
        if step["screen"]:
            parts.append(frame(step["screen"]))
            parts.append(footnote(step["screen"], step["took_ms"]))
    if call["error"]:
        parts.append(call["error"])
    parts += [f"\n{text_line(text, call['from'])}" for text in call["sms"]]
    return "\n".join(parts)


def footnote(screen: str, took_ms: float) -> str:
    used = size(screen)
    return f"  {used.used}/{used.room} {used.unit}, {took_ms:.0f} ms"


def text_line(text: Sms, number: str) -> str:
    """A text with its sender and the time of day where the phone is: as the times in its words are.
    By this machine's clock where the number does not say where that is."""
    at = datetime.fromisoformat(text["at"]).astimezone(zone_of(number))
    return f"SMS {at:%H:%M} {text['from']}: {text['text']}"


def _note(steps: list[Step], sent: str, hop: Hop) -> None:
    if not hop["session"]:
        return  # nobody was asked: it is no code, or nobody's
    screen = "" if hop["error"] else hop["screen"]  # what the session showed before is no reply
    steps.append(
        {
            "sent": sent,
            "screen": screen,
            "ends": hop["state"] != "open",
            "septets": size(screen).used,
            "took_ms": hop["took_ms"],
        }
    )
