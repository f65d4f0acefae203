"""The bench of money texts says how many a second it read."""

from click.testing import CliRunner

from bench.texts import main, texts_per_second
from core.payments.evidence.reading import Confirmation


def test_what_it_says() -> None:
    done = CliRunner().invoke(main, ["--seconds", "0.05"])
    assert done.exit_code == 0
    assert " texts a second on one core" in done.output


def test_more_texts_are_not_read_faster_each() -> None:
    one = Confirmation("M-Money", "You have received 900 RWF from Keza. Balance: 900 RWF.")
    assert texts_per_second([one], 0.05) > 100
