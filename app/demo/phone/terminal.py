"""The phone in a terminal, with somebody at the keys."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import click

from app.demo.people import DemoPerson
from app.demo.phone.limits import TEXTS_SHOWN_WITHIN_S
from app.demo.phone.network import Hop, Network, NetworkDown, NetworkRefused, explain
from app.demo.phone.numbers import BadNumber, read_code, read_number
from app.demo.phone.screens import asks_secret, frame
from app.demo.phone.transcript import footnote, new_texts, text_line

HELP = ":hangup  :timeout  :twice ANSWER  :redial  :inbox  :who  :quit"


class Call(NamedTuple):
    """Who calls what."""

    sender: str
    dialled: str


class Quit(Exception):
    """The person puts the phone away."""


class Terminal:
    """Holds conversations until the person quits. Faults are shown, and the phone stays in hand."""

    def __init__(self, network: Network, people: Sequence[DemoPerson]) -> None:
        self._network = network
        self._people = people
        self._hop: Hop | None = None
        self._had: set[str] = set()  # texts that were there before, or are shown

    def run(self, sender: str | None, dialled: str | None) -> None:
        """Choose what is not given, then call. Raises NetworkDown when nothing answers at all."""
        try:
            call = self._choose(sender, dialled)
            click.secho(f"\n{HELP}", dim=True)
            self._dial(call)
            while True:
                call = self._step(call)
        except (Quit, click.Abort):
            if self._is_open:
                self._act("hangup")
            click.echo()

    @property
    def _is_open(self) -> bool:
        return self._hop is not None and self._hop["state"] == "open"

    # --- choosing -------------------------------------------------------------------------------

    def _choose(self, sender: str | None, dialled: str | None) -> Call:
        dialled = dialled or self._choose_service()
        return Call(sender or self._choose_person(dialled), dialled)

    def _choose_service(self) -> str:
        services = sorted(self._network.services(), key=lambda each: each["service"])
        for number, each in enumerate(services, start=1):
            click.echo(f"{number:>3}  {each['service']:<12} {each['tenant']}")
        while True:
            typed = self._ask(f"Service (1-{len(services)}, or a code to dial): ")
            if typed.isdecimal() and 1 <= int(typed) <= len(services):
                return services[int(typed) - 1]["service"]
            try:
                return read_code(typed)
            except BadNumber as bad:
                click.echo(str(bad))

    def _choose_person(self, dialled: str) -> str:
        code = dialled.rstrip("#")
        here = [p for p in self._people if f"{code}*".startswith(f"{p['service'].rstrip('#')}*")]
        for number, person in enumerate(here, start=1):
            pin = f"PIN {person['pin']}" if person["pin"] else "no PIN yet"
            about = f"{person['role']}, {person['language']}, {pin}"
            click.echo(f"{number:>3}  {person['msisdn']:<14} {person['name']}  ({about})")
        while True:
            prompt = f"Who (1-{len(here)}, or a phone number): " if here else "Your phone number: "
            typed = self._ask(prompt)
            if typed.isdecimal() and 1 <= int(typed) <= len(here):
                return here[int(typed) - 1]["msisdn"]
            try:
                return read_number(typed)
            except BadNumber as bad:
                click.echo(str(bad))

    # --- a conversation -------------------------------------------------------------------------

    def _step(self, call: Call) -> Call:
        """Take one line; who calls what from now on."""
        hop = self._hop
        if hop is not None and hop["state"] == "open":
            secret = asks_secret(hop["screen"])
            typed = self._ask("> ", secret=secret)
            if typed.startswith(":"):
                return self._command(typed, call)
            self._do(lambda: self._network.answer(hop["session"], typed))
            self._show_texts(call.sender)
            return call
        typed = self._ask(f"Enter dials {call.dialled} again; or another code: ")
        if typed.startswith(":"):
            return self._command(typed, call)
        try:
            call = call._replace(dialled=read_code(typed)) if typed else call
        except BadNumber as bad:
            click.echo(str(bad))
            return call
        self._dial(call)
        return call

    def _command(self, typed: str, call: Call) -> Call:
        name, _, rest = typed[1:].partition(" ")
        if name == "inbox":
            self._show_texts(call.sender, all_of_them=True)
        elif name == "who":
            if self._is_open:
                self._act("hangup")
            self._hop = None
            call = call._replace(sender=self._choose_person(call.dialled))
            self._dial(call)
        elif name == "redial":
            if self._is_open:
                self._act("hangup")
            self._dial(call)
        elif name in ("hangup", "timeout", "twice") and not self._is_open:
            click.echo("No session is open.")
        elif name == "hangup":
            self._act("hangup")
            click.echo("You hung up.")
        elif name == "timeout":
            self._act("timeout")
        elif name == "twice":
            self._twice(rest)
            self._show_texts(call.sender)
        else:
            click.secho(HELP, dim=True)
        return call

    def _dial(self, call: Call) -> None:
        click.secho(f"{call.sender} dials {call.dialled}", dim=True)
        self._hop = None
        try:
            self._had |= {text["id"] for text in self._network.inbox(call.sender)}
        except (NetworkDown, NetworkRefused) as fault:
            click.secho(str(fault), fg="red")
            return
        self._do(lambda: self._network.dial(*call))
        self._show_texts(call.sender)

    def _act(self, act: Literal["hangup", "timeout"]) -> None:
        hop = self._hop
        assert hop is not None
        self._do(lambda: self._network.act(act, hop["session"]), shows=act != "hangup")

    def _twice(self, answer: str) -> None:
        hop = self._hop
        assert hop is not None
        if not answer:
            answer = self._ask("Answer to send twice: ", secret=asks_secret(hop["screen"]))
        if self._do(lambda: self._network.twice(hop["session"], answer)):
            same = self._hop is not None and self._hop.get("same")
            click.secho(
                "Both replies were the same." if same else "The two replies differ!",
                fg="green" if same else "red",
            )

    def _do(self, act: Callable[[], Hop], *, shows: bool = True) -> bool:
        """Do it and show what came back. False when nothing did, which is said."""
        try:
            hop = act()
        except (NetworkDown, NetworkRefused) as fault:
            click.secho(str(fault), fg="red")
            if isinstance(fault, NetworkRefused):
                self._hop = None  # the network knows no such session, or it is over
            return False
        self._hop = hop
        if shows:
            self._show(hop)
        return True

    # --- showing --------------------------------------------------------------------------------

    def _show(self, hop: Hop) -> None:
        if hop["error"]:
            click.secho(explain(hop["error"]), fg="red" if hop["state"] == "failed" else None)
            return
        click.echo(frame(hop["screen"]))
        click.secho(f"{footnote(hop['screen'], hop['took_ms'])}, hop {hop['hop']}", dim=True)

    def _show_texts(self, sender: str, *, all_of_them: bool = False) -> None:
        """The inbox, or after the end of a conversation the texts that follow it."""
        if self._is_open and not all_of_them:
            return
        try:
            if all_of_them:
                texts = self._network.inbox(sender)
            else:
                texts = new_texts(self._network, sender, self._had, TEXTS_SHOWN_WITHIN_S)
        except (NetworkDown, NetworkRefused) as fault:
            click.secho(str(fault), fg="red")
            return
        self._had |= {text["id"] for text in texts}
        for text in texts:
            click.secho(text_line(text, sender), fg="cyan")
        if all_of_them and not texts:
            click.echo("No texts yet.")

    @staticmethod
    def _ask(prompt: str, *, secret: bool = False) -> str:
        """A line as it was typed; a secret is not shown. Raises Quit."""
        line: str = click.prompt(
            prompt, default="", show_default=False, prompt_suffix="", hide_input=secret
        )
        line = line.strip()
        if line in (":quit", ":q"):
            raise Quit
        return line
