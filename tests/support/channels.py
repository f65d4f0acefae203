"""One conversation on every channel, side by side, from one flow class.

    # Saving in a group.                       a remark
    ! a new PIN is asked for uwera             what happens once, before anybody speaks (stages.py)
    first bizimana types 1                     who is heard once before, by USSD: dials or types
    uwera begins                               USSD dials the code, a chat greets
    uwera writes 500                           the same on every channel; PIN and the other words of
                                               transcript.py stand for what they do there
    uwera sends a picture, or writes 12        a picture where one can be sent, and else this

Nobody types a secret in a chat: once a reply names the code to dial, its column says so, and the
rest is done by USSD. The file in English holds the script; the other languages follow it.
"""

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from app.settings import CHECKOUT
from app.testing.script import INDENT, NoSuchStep, Step, script_of
from core.people.people import USSD
from engine.context import WITH_FILES
from engine.turn.replies import Reply
from menus import gsm7
from menus.sms import segments
from tests.support.stages import STAGES
from tests.support.tenants import KEYS
from tests.support.texter import Texter
from tests.support.transcript import Play
from tests.support.ussd import CODE, SPOKEN, UssdTenant

FOLDER = CHECKOUT / "tests" / "flows" / "channels"
CHATS = ("sms", "whatsapp")
TITLES = {"ussd": "USSD", "sms": "SMS", "whatsapp": "WhatsApp"}
COLUMN = 36
GAP = "  "
DONE_BY_USSD = "(by USSD)"
_SPEAKS = re.compile(
    r"(?P<who>[a-z_]+(?:/\d)?|\+\d+)"
    r" (?:(?P<begins>begins)|(?P<sends>sends a picture, or )?writes (?P<typed>.*))"
)
_FIRST = re.compile(r"first (?P<who>[a-z_]+) (?P<what>dials|types) (?P<typed>.*)")
_CODE = re.compile(r"(?<![\d+,])\d{6}(?!\d)")

Shown = list[str]


@dataclass(frozen=True, order=True)
class Case:
    """A flow's conversation, in one language."""

    flow: str
    language: str

    def __str__(self) -> str:
        return f"{self.flow}.{self.language}"

    @property
    def file(self) -> Path:
        return FOLDER / f"{self}.txt"

    def script(self) -> list[str]:
        return script_of((FOLDER / f"{self.flow}.en.txt").read_text(encoding="utf-8"))


def cases() -> list[Case]:
    flows = sorted(path.name.removesuffix(".en.txt") for path in FOLDER.glob("*.en.txt"))
    return [Case(flow, language) for flow in flows for language in SPOKEN]


@dataclass
class Column:
    """What one channel shows at each step, and how many messages or screens of ours that took."""

    steps: list[Shown] = field(default_factory=list)
    sent: int = 0
    segments: int = 0

    def total(self, channel: str) -> str:
        unit = "screen" if channel == "ussd" else "message"
        counted = f"{self.sent} {unit}{'' if self.sent == 1 else 's'}"
        if channel == "sms":
            counted += f", {self.segments} segment{'' if self.segments == 1 else 's'}"
        return f"-- {counted}"


class Channels:
    """Plays a script on all channels, one after the other, and writes down what each shows."""

    def __init__(self, tenant: UssdTenant, language: str) -> None:
        self._tenant = tenant
        # That a copy of a hop gets the same reply, the transcripts of all flows say.
        self._play = Play(tenant, language, posts_twice=False)
        tenant.speak(language)

    def run(self, script: list[str]) -> str:
        speaking = [match for line in script if (match := _SPEAKS.fullmatch(line))]
        for line in script:
            self._before(line)
        columns = {channel: self._chat(channel, speaking) for channel in CHATS}
        columns = {"ussd": self._ussd(speaking), **columns}
        lines = list(_side_by_side([[TITLES[channel]] for channel in columns]))
        number = 0
        out: list[str] = []
        for line in script:
            if _SPEAKS.fullmatch(line) is None:
                out.append(line)
                continue
            out += [*(lines if number == 0 else ()), line]
            out += _side_by_side([column.steps[number] for column in columns.values()])
            number += 1
        out += _side_by_side([[column.total(name)] for name, column in columns.items()])
        return "".join(f"{line}\n" for line in out)

    def _before(self, line: str) -> None:
        if line.startswith("! "):
            STAGES[line[2:]](self._tenant)
        elif match := _FIRST.fullmatch(line):
            phone = self._play.phone(match["who"])
            if match["what"] == "dials":
                phone.dial(match["typed"])
            else:
                phone.type(self._typed(match["who"], match["typed"]))
        elif line and not line.startswith("#") and not _SPEAKS.fullmatch(line):
            raise NoSuchStep(line)

    def _typed(self, who: str, typed: str) -> str:
        return self._play.typed(Step(who, "types", typed, ""))

    def _known(self, shown: str) -> str:
        return _CODE.sub("CODE", self._play.known(shown))

    # --- one channel ----------------------------------------------------------------------------

    def _ussd(self, speaking: list[re.Match[str]]) -> Column:
        column = Column()
        for step in speaking:
            who = step["who"]
            phone = self._play.phone(who)
            if step["begins"]:
                phone.dial(CODE)
            else:
                phone.type(self._typed(who, step["typed"]))
            text = self._known(phone.reply.text)
            ends = ", the end" if phone.reply.ends else ""
            column.sent += 1
            column.steps.append([*text.splitlines(), f"-- {gsm7.septets(text)} septets{ends}"])
        return column

    def _chat(self, channel: str, speaking: list[re.Match[str]]) -> Column:
        column, texters, told = Column(), dict[str, Texter](), set[str]()
        for step in speaking:
            who = step["who"]
            if who in told:
                column.steps.append([DONE_BY_USSD])
                continue
            if who not in texters:
                texters[who] = Texter(self._tenant, self._play.phone(who).number, channel)
            texter = texters[who]
            if step["sends"] and channel in WITH_FILES:
                reply = texter.send_picture()
            else:
                typed = "hi" if step["begins"] else self._typed(who, step["typed"])
                reply = texter.write(typed)
            if CODE in reply.text:
                told.add(who)
            column.sent += 1
            column.segments += segments(reply.text)
            column.steps.append(self._known("\n".join(_lines(reply))).split("\n"))
        self._forget(texters)
        return column

    def _forget(self, texters: dict[str, Texter]) -> None:
        """Another channel begins anew, and finds nothing that waits."""
        lookups = [KEYS.lookup(USSD, texter.number) for texter in texters.values()]
        execute = self._tenant.admin.execute
        execute("DELETE FROM handover")
        theirs = "SELECT id FROM conversation WHERE address_lookup = ANY(%s)"
        replies = f"SELECT id FROM message WHERE conversation_id IN ({theirs})"
        execute(
            f"DELETE FROM outbox WHERE subject_id IN ({theirs} UNION {replies})", (lookups,) * 2
        )
        for table in ("chat_link", "inbound_file", "inbound_message", "message"):
            execute(f"DELETE FROM {table} WHERE conversation_id IN ({theirs})", (lookups,))
        execute("DELETE FROM conversation WHERE address_lookup = ANY(%s)", (lookups,))


def _lines(reply: Reply) -> Iterator[str]:
    """A message, with what can be tapped: buttons, or the rows of a list under what opens it."""
    if reply.header:
        yield reply.header
    yield from reply.text.splitlines()
    if reply.button:
        yield f"({reply.button})"
    for tap in reply.taps:
        row = f"{tap.title}: {tap.description}" if tap.description else tap.title
        yield f"- {row}" if reply.button else f"[{row}]"
    if reply.footer:
        yield reply.footer


def _side_by_side(columns: list[Shown]) -> Iterator[str]:
    wrapped = [[part for line in shown for part in _wrapped(line)] for shown in columns]
    for parts in zip_longest(*wrapped, fillvalue=""):
        cells = GAP.join(part.ljust(COLUMN) for part in parts)
        yield f"{INDENT}{cells}".rstrip()


_wrapped: Callable[[str], list[str]] = textwrap.TextWrapper(COLUMN, subsequent_indent="  ").wrap
