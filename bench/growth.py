"""Whether a hop costs more with more subscribers, more tenants, or a longer session.

One phone, one hop at a time, all worlds in turns: what differs is the world and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Answers, in_turns, no_pauses
from bench.plan import LONG_HOPS, Plan
from bench.servers import Web
from bench.talks import MONEY_SCREENS, Crowd
from bench.world import World

EARLY, LATE = range(1, 5), range(38, 42)  # turns 2 to 5, and 39 to 42
TOGETHER = 8
WARM_TALKS = 20


@dataclass(frozen=True, slots=True)
class Growth:
    """Medians in µs of one world: its first hop, a menu hop early and late in a session, and each
    hop of a money conversation."""

    world: World
    dial_us: float
    early_us: float
    late_us: float
    money_us: tuple[float, ...]
    paid: int
    given_up: int

    @property
    def whole_us(self) -> float:
        """A first hop, a menu hop and a money conversation."""
        return self.dial_us + self.early_us + sum(self.money_us)


def measure(
    worlds: Sequence[World], crowds: Sequence[Crowd], webs: Sequence[Web], plan: Plan
) -> list[Growth]:
    ports = [web.port for web in webs]
    # Every tenant is dialled before: what is known of it is read once in each process.
    warm = max(WARM_TALKS, *(world.tenants for world in worlds))
    with no_pauses():
        menus = in_turns(
            ports,
            [crowd.menu(plan.growth_talks, LONG_HOPS) for crowd in crowds],
            TOGETHER,
            warm=[crowd.menu(warm, 3) for crowd in crowds],
        )
        money = in_turns(
            ports,
            [crowd.money(plan.growth_talks) for crowd in crowds],
            1,
            warm=[crowd.menu(warm, 1) + crowd.money(WARM_TALKS) for crowd in crowds],
        )
    return [
        Growth(
            world,
            _median_us(in_menu, range(1)),
            _median_us(in_menu, EARLY),
            _median_us(in_menu, LATE),
            tuple(_median_us(paying, range(hop, hop + 1)) for hop in range(len(MONEY_SCREENS))),
            paying.held - warm,
            paying.given_up,
        )
        for world, in_menu, paying in zip(worlds, menus, money, strict=True)
    ]


def _median_us(answers: Answers, turns: range) -> float:
    return median(
        took_s * 1e6
        for took_s, turn in zip(answers.took_s, answers.turns, strict=True)
        if turn in turns
    )
