"""`piga phone`: a feature phone in the terminal."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from app.errors import OperatorError
from app.settings import Settings


def _read(reader: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """A callback that reads what was typed with a function of app.demo.phone.numbers."""

    def read(_: click.Context, __: click.Parameter, typed: str | None) -> str | None:
        from app.demo.phone import numbers

        if typed is None:
            return None
        try:
            return str(getattr(numbers, reader)(typed))
        except numbers.BadNumber as bad:
            raise click.BadParameter(str(bad)) from None

    return read


@click.command()
@click.option(
    "--from", "sender", metavar="NUMBER", callback=_read("read_number"), help="Who calls."
)
@click.option(
    "--dial", "dialled", metavar="CODE", callback=_read("read_code"), help="Such as '*384*10#'."
)
@click.option(
    "--channel",
    type=click.Choice(["ussd", "sms", "whatsapp"]),
    default="ussd",
    help="How: by dialling (the default), by text messages, or in a WhatsApp chat.",
)
@click.option("--service", metavar="S", help="Whom, as `piga hooks` names it: a code or a number.")
@click.option("--answers", metavar="A,B,…", help="What to type at each screen, or to write.")
@click.option(
    "--answer", "more", metavar="A", multiple=True, help="One more, also with commas in it."
)
@click.option(
    "--share-location", "shares_location", is_flag=True, help="On WhatsApp, after the answers."
)
@click.option("--json", "as_json", is_flag=True, help="The transcript as one JSON object.")
@click.option("--sms", "with_texts", is_flag=True, help="Wait for the texts that follow.")
def phone(
    *,
    sender: str | None,
    dialled: str | None,
    channel: str,
    service: str | None,
    answers: str | None,
    more: tuple[str, ...],
    shares_location: bool,
    as_json: bool,
    with_texts: bool,
) -> None:
    """A feature phone in the terminal: dial a service of the running demo.

    Without options it asks who you are and what to dial. With answers, or with --json or --sms, it
    holds the conversation by itself and prints a transcript; PINs in it are masked.

    \b
    piga phone --from +250788000102 --dial '*384*10#' --answers 1,1,500,1,5091 --sms

    piga phone --channel sms --from +250788000102 --service 10384 --answers menu,2

    piga phone --channel whatsapp --from +250788000102 --service +250788000200 --answers menu,Save

    On WhatsApp an answer that is the label or the number of an option taps it, and @photo.jpg sends
    that file: pictures as such, anything else as a document.

    It finds the `piga run` of this PIGA_HOME, or the one at PORT. The exit code is 1 when the
    conversation failed, 2 when it could not be begun as asked.
    """
    if channel != "ussd":
        given = [*(answers.split(",") if answers else []), *more]
        talk, transcript = _held(channel, sender, service, given, shares_location)
        click.echo(_json(talk) if as_json else transcript)
        if talk["state"] == "failed":
            sys.exit(1)
        return
    dialled = dialled or _code(service)
    by_itself = bool(answers is not None or more or as_json or with_texts)
    if not by_itself and not sys.stdin.isatty():
        by_itself = True
    if by_itself and not (sender and dialled):
        raise click.UsageError("Say who calls and what: --from NUMBER --dial CODE.")

    from app.demo.phone.find import find
    from app.demo.phone.network import Network, NetworkDown, NetworkRefused

    settings = Settings.load()
    network = Network(find(settings))
    try:
        if not by_itself:
            from app.demo.people import people
            from app.demo.phone.terminal import Terminal

            Terminal(network, people(settings)).run(sender, dialled)
            return
        from app.demo.phone.transcript import hold, written

        assert sender
        assert dialled
        given = [*(answers.split(",") if answers else []), *more]
        call = hold(network, sender, dialled, given, with_texts=with_texts)
    except (NetworkDown, NetworkRefused) as fault:
        raise OperatorError(str(fault)) from None
    click.echo(_json(call) if as_json else written(call))
    unused = len(given) - max(0, len(call["hops"]) - 1)
    if unused > 0 and call["state"] == "ended":
        click.echo(f"The session ended before {unused} of the answers were given.", err=True)
    if call["state"] == "failed":
        sys.exit(1)


def _code(service: str | None) -> str | None:
    from app.demo.phone.numbers import BadNumber, read_code

    try:
        return read_code(service) if service else None
    except BadNumber as bad:
        raise click.BadParameter(str(bad), param_hint="--service") from None


def _held(
    channel: str, sender: str | None, service: str | None, given: list[str], shares_location: bool
) -> tuple[Mapping[str, Any], str]:
    """The conversation by text messages or on WhatsApp, as an object and as people read it."""
    if not (sender and service and (given or shares_location)):
        raise click.UsageError(
            "Say who writes, to whom and what: --from NUMBER --service NUMBER --answers A,B."
        )
    from app.demo.phone.chatting import NoSuchFile, hold_chat, written_chat
    from app.demo.phone.find import find
    from app.demo.phone.network import Network, NetworkDown, NetworkRefused
    from app.demo.phone.texting import hold_by_text, written_by_text

    network = Network(find(Settings.load()))
    try:
        if channel == "sms":
            texting = hold_by_text(network, sender, service, given)
            return texting, written_by_text(texting)
        chatting = hold_chat(network, sender, service, given, shares_location=shares_location)
        return chatting, written_chat(chatting)
    except NoSuchFile as fault:
        raise click.BadParameter(str(fault), param_hint="--answers") from None
    except (NetworkDown, NetworkRefused) as fault:
        raise OperatorError(str(fault)) from None


def _json(call: Any) -> str:
    return json.dumps(call, indent=2, ensure_ascii=False)
