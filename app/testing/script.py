"""Transcripts: what is dialled and what the phone shows, as text that a person can review.

    # A customer leaves a note.              a remark
    keza dials *384*90#                      somebody of people.yaml; `keza/2` is the second phone,
                                             +250788000099 one that nobody knows
    keza types 1
    keza types PIN                           their own PIN
    keza reads the last text                 what the person was texted

What the phone shows follows, indented, and under it how long it is.
"""

import re
from dataclasses import dataclass

from menus import gsm7
from menus.sms import receipt, segments

INDENT = "    "
_STEP = re.compile(
    r"(?P<who>[a-z_]+(?:/\d)?|\+\d+) (?P<what>dials|types|reads the last text)(?: (?P<typed>.*))?"
)


class NoSuchStep(Exception):
    """A line of a script that is none of those above."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a script: who does what, and what is typed."""

    who: str
    what: str
    typed: str


def script_of(transcript: str) -> list[str]:
    """What happens, without what the phones show."""
    return [line for line in transcript.splitlines() if not line.startswith(INDENT)]


def read_step(line: str) -> Step | None:
    """The step of a line; None for a remark and an empty line. Raises NoSuchStep."""
    if not line or line.startswith("#"):
        return None
    match = _STEP.fullmatch(line)
    if match is None:
        raise NoSuchStep(line)
    return Step(match["who"], match["what"], match["typed"] or "")


def screen_lines(text: str, *, ends: bool) -> list[str]:
    """What a screen is written down as."""
    length = (
        f"{gsm7.septets(text)} septets"
        if gsm7.is_gsm7(text)
        else f"{gsm7.ucs2_units(text)} UCS-2 units"
    )
    return [*text.splitlines(), f"-- {length}{', the end' if ends else ''}"]


def text_lines(text: str) -> list[str]:
    """What a text message is written down as."""
    sent = receipt(text)
    unit = "segment" if segments(sent) == 1 else "segments"
    return [*sent.splitlines(), f"-- a text of {segments(sent)} {unit}"]
