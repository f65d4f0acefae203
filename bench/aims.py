"""The figures that speed is held to, each with what it was, what it must be at least, what is
aimed at and what was seen in this run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.figures import table


@dataclass(frozen=True, slots=True)
class Aim:
    """`key` names the figure in JSON; `was` is what it came to when the aims were set. `falls`: the
    less, the better. Without `least` it is only told."""

    key: str
    figure: str
    was: str = ""
    least: float | None = None
    aim: float | None = None
    falls: bool = False

    def verdict(self, seen: float | None) -> str:
        if seen is None:
            return "not measured"
        if self.least is None or self.aim is None:
            return ""
        if _is_reached(seen, self.aim, self.falls):
            return "reached"
        short = "short of the aim by" if _is_reached(seen, self.least, self.falls) else "missed by"
        mark = self.aim if short.startswith("short") else self.least
        return f"{short} {abs(mark - seen):.2f}"


def _is_reached(seen: float, mark: float, falls: bool) -> bool:
    return seen <= mark if falls else seen >= mark


AIMS: Sequence[Aim] = (
    Aim("node", "four-hop session, hops/s / menu builder on Node, one process", "0.57", 0.95, 1.2),
    Aim("node_two", "  beside it: / the same by two processes"),
    Aim("bare", "four-hop session, hops/s / bare Flask hop", "0.57", 1.0, 1.2),
    Aim("cold", "first dial of a cold phone, hops/s / bare hop", "about 0.35", 0.65, 0.9),
    Aim("warm", "  beside it: of a warm phone"),
    Aim("p99", "P99 of the session / bare hop's", "2.9", 1.5, 1.2, falls=True),
    Aim("money", "money conversation, least hashing / build before", "1", 2.0, 2.5),
    Aim("money_web_us", "  beside it: web's processor time / build before"),
    Aim("round_trips", "SQL round trips of a four-hop payment", "13", 7, 5, falls=True),
    Aim("statements", "  SQL statements of it", "31", 18, 12, falls=True),
    Aim("posting", "posting in a flow's transaction / TPC-B, same driver", "0.85", 1.3, 1.5),
    Aim("store", "Redis's processor time of a hop / bare hop's", "3.6", 1.8, 1.2, falls=True),
    Aim("memory", "memory of a web process / build before", "1", 0.8, 0.6, falls=True),
    Aim("memory_alone", "  beside it: what one has alone"),
    Aim(
        "session_4", "an open session in Redis / build before, four hops", "1", 0.6, 0.5, falls=True
    ),
    Aim("session_1", "  beside it: after its first hop"),
    Aim("hashing", "menus' P99, one hop in 19 hashing / none", "", 2.0, 1.3, falls=True),
    Aim("turns", "growth: turn 39-42 / turn 2-5", "", 1.1, 1.0, falls=True),
    Aim("people", "growth: the most subscribers / 1,000", "", 1.1, 1.0, falls=True),
    Aim("tenants", "growth: the most tenants / 1", "", 1.1, 1.0, falls=True),
)


def report(seen: Mapping[str, float]) -> Iterator[str]:
    """The table, in lines."""
    yield "What speed is held to\n"
    yield table(
        ("figure", "was", "at least", "aim", "seen", ""),
        [
            (
                one.figure,
                one.was,
                "" if one.least is None else f"{'≤ ' if one.falls else ''}{one.least:g}",
                "" if one.aim is None else f"{one.aim:g}",
                f"{seen[one.key]:.2f}" if one.key in seen else "–",
                one.verdict(seen.get(one.key)),
            )
            for one in AIMS
        ],
    )


def as_json(seen: Mapping[str, float]) -> list[dict[str, object]]:
    """The same, a row each."""
    return [
        {
            "figure": one.figure.strip(),
            "key": one.key,
            "was": one.was or None,
            "at_least": one.least,
            "aim": one.aim,
            "falls": one.falls,
            "seen": seen.get(one.key),
            "verdict": one.verdict(seen.get(one.key)),
        }
        for one in AIMS
    ]
