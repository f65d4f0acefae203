"""`piga phone`: a feature phone in the terminal."""

import json
import sys
from collections.abc import Callable
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
    type=click.Choice(["ussd", "sms"]),
    default="ussd",
    help="How: by dialling (the default), or by text messages.",
)
@click.option("--service", metavar="NUMBER", help="With --channel sms: whom to write to.")
@click.option("--answers", metavar="A,B,…", help="What to type at each screen, or to write.")
@click.option(
    "--answer", "more", metavar="A", multiple=True, help="One more, also with commas in it."
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
    as_json: bool,
    with_texts: bool,
) -> None:
    """A feature phone in the terminal: dial a service of the running demo.

    Without options it asks who you are and what to dial. With answers, or with --json or --sms, it
    holds the conversation by itself and prints a transcript; PINs in it are masked.

    \b
    piga phone --from +250788000102 --dial '*384*10#' --answers 1,1,500,1,5091 --sms

    piga phone --channel sms --from +250788000102 --service 10384 --answers menu,2

    It finds the `piga run` of this PIGA_HOME, or the one at PORT. The exit code is 1 when the
    conversation failed, 2 when it could not be begun as asked.
    """
    if channel == "sms":
        _write_texts(sender, service, [*(answers.split(",") if answers else []), *more], as_json)
        return
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


def _write_texts(sender: str | None, service: str | None, texts: list[str], as_json: bool) -> None:
    if not (sender and service and texts):
        raise click.UsageError(
            "Say who writes, to whom and what: --from NUMBER --service NUMBER --answers A,B."
        )
    from app.demo.phone.find import find
    from app.demo.phone.network import Network, NetworkDown, NetworkRefused
    from app.demo.phone.texting import hold_by_text, written_by_text

    try:
        talk = hold_by_text(Network(find(Settings.load())), sender, service, texts)
    except (NetworkDown, NetworkRefused) as fault:
        raise OperatorError(str(fault)) from None
    click.echo(_json(talk) if as_json else written_by_text(talk))
    if talk["state"] == "failed":
        sys.exit(1)


def _json(call: Any) -> str:
    return json.dumps(call, indent=2, ensure_ascii=False)
