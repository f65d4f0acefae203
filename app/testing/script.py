"""Transcripts: what is dialled and what the phone shows, as text that a person can review.

    # A customer leaves a note.              a remark
    keza dials *384*90#                      somebody of people.yaml; `keza/2` is the second phone,
                                             +250788000099 one that nobody knows
    keza types 1
    keza types PIN                           their own PIN
    keza types 1 (lost)                      lost before it reached us; (reply lost) on its way back
    keza reads the last text                 what the person was texted

What the phone shows follows, indented, and under it how long it is.
"""

import abc
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.turn.ussd import Reply
from menus import gsm7
from menus.sms import receipt, segments

INDENT = "    "
_STEP = re.compile(
    r"(?P<who>[a-z_]+(?:/\d)?|\+\d+) (?P<what>dials|types|reads the last text)"
    r"(?: (?P<typed>.*?))?(?: \((?P<loss>(?:reply )?lost)\))?"
)


class NoSuchStep(Exception):
    """A line of a script that is none of those above."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a script: who does what, what is typed, and "lost" or "reply lost"."""

    who: str
    what: str
    typed: str
    loss: str


class ShowingPhone(Protocol):
    """A phone as a script uses it."""

    reply: Reply

    def dial(self, code: str, /) -> object: ...

    def type(self, answer: str, /) -> object: ...


class Player(abc.ABC):
    """Plays scripts on phones and writes down what is shown."""

    @abc.abstractmethod
    def phone(self, who: str) -> ShowingPhone:
        """The phone of somebody of people.yaml, or of a bare number: the same one each time."""

    @abc.abstractmethod
    def texts(self, who: str) -> Sequence[str]:
        """The text messages that a phone gets, in words, oldest first."""

    @abc.abstractmethod
    def typed(self, step: Step) -> str:
        """What is typed: the word of the script, or what it stands for, as PIN does."""

    @abc.abstractmethod
    def known(self, shown: str) -> str:
        """With what is another in every run called by its number."""

    def happen(self, what: str) -> None:
        """What a line that begins with `!` says. Raises NoSuchStep."""
        raise NoSuchStep(f"! {what}")

    def play(self, script: list[str]) -> str:
        """The transcript of a script. Raises NoSuchStep."""
        lines: list[str] = []
        for line in script:
            lines.append(line)
            if line.startswith("! "):
                self.happen(line[2:])
            elif (step := read_step(line)) is not None:
                shown = self._shown_after(step)
                lines += [f"{INDENT}{self.known(each)}".rstrip() for each in shown]
        return "".join(f"{line}\n" for line in lines)

    def _shown_after(self, step: Step) -> list[str]:
        if step.what.startswith("reads"):
            texts = self.texts(step.who)
            return text_lines(texts[-1]) if texts else ["-- no text"]
        phone = self.phone(step.who)
        if step.loss == "lost":
            return []
        if step.what == "dials":
            phone.dial(step.typed)
        else:
            phone.type(self.typed(step))
        return [] if step.loss else screen_lines(phone.reply.text, ends=phone.reply.ends)


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
    return Step(match["who"], match["what"], match["typed"] or "", match["loss"] or "")


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
