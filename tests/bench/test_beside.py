"""What is said of hops beside others: ratios within a round, and what is missing."""

from bench.beside import BARE, PIGA, RESULT, Beside, ratios, report


def beside(rates: list[float], p99_ms: float) -> Beside:
    count = len(rates)
    return Beside(rates, [1.0] * count, [p99_ms] * count, [100.0] * count, [20.0] * count, 80.0)


def test_ratios_are_of_the_same_round() -> None:
    """A machine that grows slow is slow for both."""
    found = {PIGA: beside([900.0, 450.0, 90.0], 3.0), BARE: beside([1_000.0, 500.0, 100.0], 2.0)}
    compared = ratios(found)
    assert compared["four-hop session / bare hop"] == 0.9
    assert compared["P99 of the session / bare hop's"] == 1.5
    assert "four-hop session / menu builder on Node" not in compared


def test_the_report_says_what_is_reached_missed_and_not_measured() -> None:
    found = {PIGA: beside([900.0], 4.0), BARE: beside([1_000.0], 2.0)}
    lines = {line[:48].strip(): line[48:].strip() for line in report(found)}
    assert lines["four-hop session / bare hop"].endswith("missed by 0.10")
    assert lines["P99 of the session / bare hop's"].endswith("missed by 0.50")
    assert lines["Redis's processor time of a hop / bare hop's"].endswith("reached")
    assert lines["four-hop session / menu builder on Node"] == "not measured"
    assert "not measured" in list(report({}))[-1]


def test_what_wrk_says_is_read() -> None:
    found = RESULT.search("thread …\nRESULT 575 1000000 900 2100 19 CON Ibimina\n")
    assert found is not None
    assert found.groups() == ("575", "1000000", "900", "2100", "19", "CON Ibimina")
