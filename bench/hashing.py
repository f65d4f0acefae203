"""Menus while others' PINs are hashed: what a menu's hop takes where one hop in twenty hashes,
beside where none does."""

from collections.abc import Sequence
from statistics import median

from bench.figures import percentile
from bench.load import Talk, drive, no_pauses
from bench.servers import Web
from bench.talks import Crowd

# A phone browses, and then somebody pays by it: of 19 hops one hashes.
BROWSED = 15
PHONES = 16


def measure(crowd: Crowd, hashing: Crowd, web: Web, rounds: int, talks: int) -> tuple[float, int]:
    """P99 of the menus' hops / P99 where nobody pays, the median of the rounds; and how many talks
    were told "not now"."""
    found, given_up = [], 0
    for number in range(rounds):
        p99_s = {}
        for hashes in (False, True) if number % 2 == 0 else (True, False):
            browsing = crowd.menu(talks, BROWSED)
            paying: Sequence[Talk] = hashing.money(talks) if hashes else crowd.menu(talks, 4)
            both = [[*first, *then] for first, then in zip(browsing, paying, strict=True)]
            with no_pauses():
                answers = drive(web.port, both, PHONES)
            given_up += answers.given_up
            p99_s[hashes] = percentile(
                [
                    took_s
                    for took_s, turn in zip(answers.took_s, answers.turns, strict=True)
                    if turn < BROWSED
                ],
                0.99,
            )
        found.append(p99_s[True] / p99_s[False])
    return median(found), given_up
