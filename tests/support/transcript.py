"""Transcripts: what is dialled and what the phone shows, as text that a person can review.

    # A member pays into a group.            a remark
    uwera dials *384*10#                     somebody of people.yaml; `habimana/2` is the second
    uwera types 1                            phone, +250788000099 one that nobody knows
    uwera types PIN                          their own PIN; CODE is the last one that was texted,
                                             HANDOUT the one that staff gave for the first use,
                                             LANGUAGE the key of the transcript's language
    uwera types 1 (lost)                     lost before it reached us; (reply lost) on its way back
    uwera reads the last text                what that phone was texted
    ! the session is lost                    something happens: the names are in stages.py

What the phone shows follows, indented, and under it how long it is. The file of a case in English
holds its script; the other languages follow it.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from app.settings import CHECKOUT
from menus import gsm7
from menus.languages import BY_CODE
from menus.sms import receipt, segments
from tests.support.phone import Phone, phone_of
from tests.support.stages import STAGES
from tests.support.tenants import KEYS
from tests.support.ussd import SPOKEN, UssdTenant

FOLDER = CHECKOUT / "tests" / "flows" / "transcripts"
INDENT = "    "

_STEP = re.compile(
    r"(?P<who>[a-z]+(?:/\d)?|\+\d+) (?P<what>dials|types|reads the last text)"
    r"(?: (?P<typed>.*?))?(?P<loss> \((?:reply )?lost\))?"
)


@dataclass(frozen=True, order=True)
class Case:
    """One conversation, in one language."""

    flow: str
    name: str
    language: str

    def __str__(self) -> str:
        return f"{self.flow}/{self.name}.{self.language}"

    @property
    def file(self) -> Path:
        return FOLDER / f"{self}.txt"

    @property
    def script_file(self) -> Path:
        return FOLDER / f"{self.flow}/{self.name}.en.txt"

    def script(self) -> list[str]:
        """What happens, without what the phones show."""
        lines = self.script_file.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if not line.startswith(INDENT)]


def cases() -> list[Case]:
    scripts = sorted(FOLDER.glob("*/*.en.txt"))
    return [
        Case(path.parent.name, path.name.removesuffix(".en.txt"), language)
        for path in scripts
        for language in SPOKEN
    ]


@dataclass
class Play:
    """Plays a script and writes down what is shown."""

    tenant: UssdTenant
    language: str
    phones: dict[str, Phone] = field(default_factory=dict)

    def run(self, script: list[str]) -> str:
        self.tenant.speak(self.language)
        lines: list[str] = []
        for line in script:
            lines.append(line)
            if line.startswith("! "):
                STAGES[line[2:]](self.tenant)
            elif line and not line.startswith("#"):
                lines += [f"{INDENT}{self._known(shown)}".rstrip() for shown in self._step(line)]
        return "\n".join(lines) + "\n"

    def _step(self, line: str) -> list[str]:
        step = _STEP.fullmatch(line)
        assert step, f"no such step: {line!r}"
        who, typed, loss = step["who"], step["typed"] or "", (step["loss"] or "").strip()
        if step["what"].startswith("reads"):
            texts = self.tenant.texts(who)
            return _text_lines(texts[-1]) if texts else ["-- no text"]
        phone = self.phones.get(who)
        if phone is None:
            phone = self.phones[who] = phone_of(self.tenant, who)
        if loss == "(lost)":
            return []
        if step["what"] == "dials":
            phone.dial(typed)
        else:
            phone.type(self._answer(who, typed))
        return [] if loss else _screen_lines(phone)

    def _known(self, shown: str) -> str:
        """With what is another in every run called by its number, in as many characters."""
        for number, reference in enumerate(self.tenant.references(), start=1):
            shown = shown.replace(reference, f"REF-{number:04}")
        for number, code in enumerate(self.tenant.codes(), start=1):
            shown = shown.replace(code, f"CODE-{number}")
        return shown

    def _answer(self, who: str, typed: str) -> str:
        match typed:
            case "PIN":
                return self.tenant.people[who.partition("/")[0]].pin
            case "CODE":
                return self.tenant.codes()[-1]
            case "HANDOUT":
                return KEYS.first_use_code(self.tenant.id_of(who.partition("/")[0]), 1)
            case "LANGUAGE":
                return str(BY_CODE[self.language].key)
        return typed


def _screen_lines(phone: Phone) -> list[str]:
    text = phone.shows
    length = (
        f"{gsm7.septets(text)} septets"
        if gsm7.is_gsm7(text)
        else f"{gsm7.ucs2_units(text)} UCS-2 units"
    )
    return [*text.splitlines(), f"-- {length}{', the end' if phone.reply.ends else ''}"]


def _text_lines(text: str) -> list[str]:
    sent = receipt(text)
    unit = "segment" if segments(sent) == 1 else "segments"
    return [*sent.splitlines(), f"-- a text of {segments(sent)} {unit}"]
