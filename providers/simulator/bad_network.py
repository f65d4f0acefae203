"""A bad network by its name: one word stands for what goes wrong on every channel at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from providers.simulator.uplink import UplinkOptions

DELAY_S: Final = 2.0
LOSE_EVERY: Final = 3
LOSE_SHARE: Final = 0.15  # of USSD's requests, and as many of the replies
# In the order in which they count where they exclude each other.
TROUBLES: Final = (
    "down",  # nobody takes anything of ours, and no hop comes through
    "throttled",  # what we send is refused: too many requests
    "unknown_sender",  # texts are refused: nobody knows their sender
    "delay",  # everything takes two seconds longer, both ways
    "lose",  # every third message, and some hops and screens, are lost
    "duplicate",  # every hop, message and report comes twice
    "reorder",  # messages overtake each other, and reports come last one first
)


def checked(troubles: object) -> tuple[str, ...]:
    """Which there are, in order. Raises ValueError."""
    if not isinstance(troubles, list) or not all(one in TROUBLES for one in troubles):
        raise ValueError("network: a list out of " + ", ".join(TROUBLES))
    return tuple(one for one in TROUBLES if one in troubles)


def uplink(troubles: Collection[str]) -> UplinkOptions:
    """What becomes of what handsets write."""
    return UplinkOptions(
        delay_s=DELAY_S if "delay" in troubles else 0.0,
        copies=2 if "duplicate" in troubles else 1,
        lose_every=LOSE_EVERY if "lose" in troubles else 0,
        overtaken="reorder" in troubles,
    )


def script(troubles: Collection[str]) -> dict[str, Any]:
    """The faults of each company's fake, as POST /phone/faults takes them."""
    ussd: dict[str, Any] = {}
    reports: dict[str, Any] = {}
    if "delay" in troubles:
        ussd["delay_s"] = reports["delay_s"] = DELAY_S
    if "lose" in troubles:
        ussd["lose_before"] = ussd["lose_after"] = LOSE_SHARE
    if "down" in troubles:
        ussd["lose_before"] = 1.0
    if "duplicate" in troubles:
        ussd["copies"] = 2
    # Twice is left out where both are asked for: a fake's reports do one or the other.
    if "reorder" in troubles:
        reports["order"] = "reorder"
    elif "duplicate" in troubles:
        reports["order"] = "twice"
    sms = _modes(troubles, {"mode": "http", "status": 429}) | _renamed(reports, "dlr")
    if "unknown_sender" in troubles:
        sms["senders"] = []
    # A Kannel that takes nothing more for now says so in words of its own.
    kannel = _modes(troubles, {"mode": "temporal"}) | _renamed(reports, "dlr")
    whatsapp = _modes(troubles, {"mode": "error", "code": 130429}) | _renamed(reports, "statuses")
    twilio = _modes(troubles, {"mode": "error", "code": 20429, "status": 429})
    twilio |= _renamed(reports, "statuses")
    for chats in (whatsapp, twilio):
        chats["faults"] = chats.pop("modes", [])
    companies = {"sms": sms, "kannel": kannel, "whatsapp": whatsapp, "twilio": twilio}
    return {"reset": True, "ussd": ussd, **companies}


def _modes(troubles: Collection[str], throttled: dict[str, Any]) -> dict[str, Any]:
    """The one fault of every request from now on."""
    mode: dict[str, Any]
    if "down" in troubles:
        mode = {"mode": "drop_before"}
    elif "throttled" in troubles:
        mode = dict(throttled)
    elif "delay" in troubles:
        mode = {"mode": "delay"}
    else:
        return {}
    return {"modes": [mode | {"times": None, "delay_s": DELAY_S if "delay" in troubles else 0.0}]}


def _renamed(reports: dict[str, Any], word: str) -> dict[str, Any]:
    delay = "status_delay_s" if word == "statuses" else "dlr_delay_s"
    names = {"order": word, "delay_s": delay}
    return {names[name]: value for name, value in reports.items()}
