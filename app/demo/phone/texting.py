"""A conversation by text messages, held from beginning to end, and what came of it."""

import time
from collections.abc import Sequence
from typing import Literal, TypedDict

from app.demo.phone import limits
from app.demo.phone.network import Network
from app.demo.phone.screens import MASK, frame
from menus.pins import without_pin
from menus.sms import segments


class Exchange(TypedDict):
    """A text and the reply to it. `sent` has no PIN in it; `reply` is "" where none came."""

    sent: str
    reply: str
    segments: int
    took_ms: float


# `from` is no name in Python. `count` is how many segments came.
Texting = TypedDict(
    "Texting",
    {
        "channel": Literal["sms"],
        "from": str,
        "service": str,
        "messages": list[Exchange],
        "count": int,
        "state": Literal["open", "failed"],
        "error": str | None,
    },
)


def hold_by_text(network: Network, sender: str, service: str, texts: Sequence[str]) -> Texting:
    """Write the texts one after the other, each once the reply to the one before is there.

    Where no reply comes in time, the rest is not written: `state` and `error` say so. Raises
    NetworkRefused for a number that is none, NetworkDown when nothing answers.
    """
    talk: Texting = {
        "channel": "sms",
        "from": sender,
        "service": service,
        "messages": [],
        "count": 0,
        "state": "open",
        "error": None,
    }
    for text in texts:
        had = {each["id"] for each in network.inbox(sender)}
        began_s = time.monotonic()
        network.post("text", {"from": sender, "to": service, "text": text})
        reply = _reply(network, sender, service, had)
        talk["messages"].append(
            {
                "sent": without_pin(text, expected=False)[0],
                "reply": reply or "",
                "segments": segments(reply) if reply else 0,
                "took_ms": (time.monotonic() - began_s) * 1e3,
            }
        )
        if reply is None:
            talk["state"], talk["error"] = "failed", "No reply came in time."
            break
        talk["count"] += segments(reply)
        _mask(talk["messages"])
    return talk


def _mask(messages: list[Exchange]) -> None:
    """Digits that came right after a reply that warns of PINs may be one."""
    if len(messages) > 1 and without_pin(messages[-1]["sent"], expected=True)[1]:
        before = messages[-2]["reply"]
        if "PIN" in before:
            messages[-1]["sent"] = MASK


def _reply(network: Network, sender: str, service: str, had: set[str]) -> str | None:
    until_s = time.monotonic() + limits.TEXTS_WITHIN_S
    while time.monotonic() < until_s:
        for text in network.inbox(sender):
            if text["id"] not in had and text["from"] == service:
                return text["text"]
        time.sleep(limits.TEXTS_LOOK_EVERY_S)
    return None


def written_by_text(talk: Texting) -> str:
    """The conversation as people read it."""
    parts = [f"{talk['from']} writes to {talk['service']}"]
    for each in talk["messages"]:
        parts.append(f"> {each['sent']}")
        if each["reply"]:
            parts.append(frame(each["reply"]))
            parts.append(f"  {each['segments']} SMS, {each['took_ms']:.0f} ms")
    if talk["error"]:
        parts.append(talk["error"])
    parts.append(f"{talk['count']} SMS sent to the phone")
    return "\n".join(parts)
