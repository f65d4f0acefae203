"""`piga sms`: texts that phones forward to us."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO, cast

import click

from app.errors import OperatorError

if TYPE_CHECKING:
    from core.payments.evidence.reading import Confirmation


@click.group()
def sms() -> None:
    """The mobile-money texts that prove payments."""


@sms.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option("--json", "as_json", is_flag=True, help="One object a line, with all fields.")
@click.option(
    "--one-wallet",
    is_flag=True,
    help="The lines are one wallet's, in order: repeated ids and broken balances are flagged.",
)
def parse(file: TextIO, as_json: bool, one_wallet: bool) -> None:
    """Read confirmation texts from FILE (else standard input), and say what each means.

    FILE has a JSON object a line: sender and text, and where known network, country (such as RW)
    and received_at. A line is printed for each, in order. Amounts are decimal strings in major
    units, numbers in E.164; null is what a text does not say. accept is evidence of one finished
    movement, spoof a text that is not what it claims; reasons say why a text is not accepted.
    With --one-wallet the fields is_copy and continues are added.

    A format is a data file: docs/howto/add-a-money-text.md.
    """
    from core.payments.evidence.parser import read
    from core.payments.evidence.stream import Arrival, WalletStream

    readings = (read(confirmation) for confirmation in _lines(file))
    if one_wallet:
        arrivals = WalletStream().follow(readings)
    else:
        arrivals = (Arrival(reading, False, None) for reading in readings)
    for arrival in arrivals:
        data = dict(arrival.reading.to_data())
        if one_wallet:
            data |= {"is_copy": arrival.is_copy, "continues": arrival.continues}
        if as_json:
            sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        else:
            click.echo(_sentence(data))


def _sentence(data: dict[str, object]) -> str:
    verdict = "spoof" if data["spoof"] else "accept" if data["accept"] else "keep"
    shown = ("amount", "currency", "counterparty_name", "txid", "timestamp", "parser")
    values = [str(data[name]) for name in shown if data[name] is not None]
    return "  ".join([f"{verdict:6}", f"{data['kind']} {data['direction']}", *values])


def _lines(file: TextIO) -> "Iterator[Confirmation]":
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            raise OperatorError(f"Line {number} is not JSON.") from None
        yield _confirmation(number, data)


def _confirmation(number: int, data: object) -> "Confirmation":
    from core.payments.evidence.reading import Confirmation

    if not isinstance(data, dict):
        raise OperatorError(f"Line {number} is not a JSON object.")
    values = cast("dict[str, object]", data)
    for name in ("sender", "text"):
        if not isinstance(values.get(name), str):
            raise OperatorError(f"Line {number} has no {name}.")
    for name in ("network", "country", "received_at"):
        if not isinstance(values.get(name), str | None):
            raise OperatorError(f"Line {number}: {name} is not a string.")
    return Confirmation(
        sender=str(values["sender"]),
        text=str(values["text"]),
        network=cast("str | None", values.get("network")),
        country=cast("str | None", values.get("country")),
        received_at=cast("str | None", values.get("received_at")),
    )
