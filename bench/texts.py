"""`python -m bench.texts`: how many money texts a second one core reads."""

import time

import click

from core.payments.evidence.networks import catalogue
from core.payments.evidence.parser import read
from core.payments.evidence.reading import Confirmation

WANTED_PER_SECOND = 5_000


def texts_per_second(confirmations: list[Confirmation], duration_s: float) -> float:
    """Texts read in a second of this process's own time, which others on the machine do not take.

    Each is read once before, as a server that runs for long has read them.
    """
    for confirmation in confirmations:
        read(confirmation)
    count, start = 0, time.process_time()
    while (spent_s := time.process_time() - start) < duration_s:
        for confirmation in confirmations:
            read(confirmation)
        count += len(confirmations)
    return count / spent_s


@click.command()
@click.option("--seconds", "duration_s", default=5.0, show_default=True, help="How long to read.")
def main(duration_s: float) -> None:
    """Read the examples of every network, over and over, and say how many a second."""
    confirmations = [
        Confirmation(sender=example.sender, text=example.text)
        for network in catalogue().networks
        for example in network.examples
    ]
    speed = texts_per_second(confirmations, duration_s)
    click.echo(
        f"{speed:,.0f} texts a second on one core, of {len(confirmations)} different ones; "
        f"{WANTED_PER_SECOND:,} are wanted."
    )


if __name__ == "__main__":
    main(prog_name="python -m bench.texts")
