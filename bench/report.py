"""What was measured, in words and columns."""

from collections.abc import Iterator, Sequence
from statistics import median

from bench.books import TPCB
from bench.figures import per_second, percentile, ratio, spread, table
from bench.growth import Growth
from bench.hops import DATABASE, OURS, PHONES, STORE, Hops, Measured
from bench.inside import COUNTED, Cost
from bench.paying import Payments
from bench.pins import Hashing
from bench.plan import Plan
from bench.sending import Messages
from bench.talks import MONEY_SCREENS

MENU_FLOOR, MENU_AIM = 0.6, 0.8
POSTING_AIM = 1.5
REPLIES_AIM = 0.5
PAID_TO_RECEIPT_S = 5.0
GROWTH_NOISE = 0.1  # a tenth more or less is the machine's mood


def verdict(name: str, value: float, aim: float, floor: float | None = None) -> str:
    """A ratio beside what was aimed at, and by how much it was missed."""
    said = f"{name}: {value:.2f} (aim {aim:.2f}"
    if value >= aim:
        return f"{said}: reached)"
    said += f": missed by {aim - value:.2f}"
    if floor is not None:
        short = f"missed by {floor - value:.2f}" if value < floor else "kept"
        said += f"; at least {floor:.2f}: {short}"
    return said + ")"


def hops(plan: Plan, found: Hops, hashing: Hashing) -> Iterator[str]:
    rounds = f"medians of {plan.rounds} rounds after each of {plan.starts} starts"
    yield f"Over HTTP, {plan.phones} phones at once ({rounds})\n"
    kinds = [
        ("bare Flask hop", found.bare),
        ("menu hop", found.menu),
        ("first hop (who is calling)", found.dial),
        ("money hop, hashing least", found.money),
        ("money hop, hashing in full", found.hashed),
    ]
    yield table(
        ("", "hops", "of bare", "spread", "P50 ms", "P99 ms"),
        [
            (
                name,
                per_second(median(one.rates)),
                f"{ratio(one.rates, found.bare.rates):.2f}",
                f"{spread(one.rates):.0%}",
                f"{percentile(one.took_s, 0.5) * 1e3:.1f}",
                f"{percentile(one.took_s, 0.99) * 1e3:.1f}",
            )
            for name, one in kinds
        ],
    )
    if found.given_up:
        yield f'\n{found.given_up} money conversations were told "not now", and are not counted.'
    hops_each = len(MONEY_SCREENS)
    yield (
        f'\nA money conversation has {hops_each} hops, from the dial to "Saved":'
        f" {per_second(median(found.money.rates) / hops_each)} with the PIN's hash at argon2's"
        f" least cost ({hashing.cheap_us:.0f} µs),"
        f" {per_second(median(found.hashed.rates) / hops_each)} at its full one."
    )
    yield (
        f"PIN hashing alone: {hashing.one_ms:.0f} ms each,"
        f" {per_second(hashing.rate)} on all processors.\n"
    )
    yield "Processor time of one hop, in µs, by whose it is\n"
    whose = (OURS, STORE, DATABASE, PHONES)
    yield table(
        ("", *whose, "together"),
        [
            (
                name,
                *(f"{one.cpu_us.get(each, 0):.0f}" for each in whose),
                f"{sum(one.cpu_us.values()):.0f}",
            )
            for name, one in kinds
        ],
    )


def messages(plan: Plan, found: Messages) -> Iterator[str]:
    """Messages beside a bare loop, and their aims."""
    yield f"Messages, over HTTP to the fake (medians of {plan.sending_rounds} rounds)\n"
    yield table(
        ("", "a second", "spread"),
        [
            (name, per_second(median(rates)), f"{spread(rates):.0%}")
            for name, rates in (
                ("bare loop: RQ, one row, one request", found.bare_rates),
                ("replies, as many as go", found.rates),
                ("to many at once, in batches", found.bulk_rates),
            )
        ],
    )
    alone_s, beside_s = percentile(found.took_s, 0.95), percentile(found.under_bulk_s, 0.95)
    yield (
        f"\nFrom a message to the provider's word for its reply, at"
        f" {plan.conversations_a_second:.0f} conversations a second: P50"
        f" {median(found.took_s) * 1e3:.0f} ms, P95 {alone_s * 1e3:.0f} ms; while"
        f" {plan.bulk_texts:,} go to many: P50 {median(found.under_bulk_s) * 1e3:.0f} ms, P95"
        f" {beside_s * 1e3:.0f} ms.\n"
    )
    yield verdict("replies / bare loop", ratio(found.rates, found.bare_rates), REPLIES_AIM)
    yield verdict("1 s / P95 of a reply", 1 / alone_s, 1.0)
    yield verdict("to many / 1,000 a second", median(found.bulk_rates) / 1_000, 1.0)
    yield verdict("1.5 × P95 of a reply / the same beside many", 1.5 * alone_s / beside_s, 1.0)


def payments(plan: Plan, found: Payments) -> Iterator[str]:
    """From the word that a payment is paid to its receipt."""
    yield f"Payments by mobile money: {len(found.took_s):,}, {found.begun_a_second:.0f} a second.\n"
    for since, took_s in (
        ("the answer that it is paid", found.took_s),
        ("the payer's approval, callback and enquiry included,", found.since_approval_s),
    ):
        yield (
            f"From {since} to the receipt handed to SMS: P50 {median(took_s):.2f} s, P95"
            f" {percentile(took_s, 0.95):.2f} s, the slowest {max(took_s):.2f} s.\n"
        )
    p95_s = percentile(found.since_approval_s, 0.95)
    yield verdict("5 s / P95 of a receipt", PAID_TO_RECEIPT_S / p95_s, 1.0)


def in_short(found: Hops, posting: dict[str, float]) -> Iterator[str]:
    """The aims. `posting` is posting over TPC-B, by client."""
    yield "In short\n"
    menu = ratio(found.menu.rates, found.bare.rates)
    yield verdict("menu hop / bare hop", menu, MENU_AIM, MENU_FLOOR)
    if sum(found.menu.cpu_us.values()):
        share = _served_us(found.bare) / _served_us(found.menu)
        yield f"  by the servers' processor time, as if the phones were elsewhere: {share:.2f}"
    for client, share in posting.items():
        yield verdict(f"posting / TPC-B, by {client}", share, POSTING_AIM)


def _served_us(one: Measured) -> float:
    return sum(us for whose, us in one.cpu_us.items() if whose != PHONES)


def costs(found: Sequence[Cost]) -> Iterator[str]:
    yield "One hop from inside, no server around it\n"
    yield table(
        ("", *COUNTED, "µs"),
        [(one.hop, *map(str, one.counts), f"{one.took_us:.0f}") for one in found],
    )
    yield (
        "\nRound trips and statements are counted at the wire; statements are all that were sent,"
        " BEGIN, settings and COMMIT among them."
    )


def books(
    plan: Plan, rates: dict[tuple[str, str], list[float]], took_s: dict[str, list[float]]
) -> Iterator[str]:
    """`rates` by client ("psycopg", "pgbench") and job; `took_s` by job, psycopg's."""
    yield (
        f"The database alone, {plan.clients} clients, TPC-B at scale {plan.tpcb_scale} (medians of"
        f" {plan.book_rounds} rounds)\n"
    )
    yield table(
        ("", "client", "a second", "of TPC-B"),
        [
            (
                job,
                client,
                per_second(median(found)),
                f"{ratio(found, rates[client, TPCB]):.2f}",
            )
            for (client, job), found in rates.items()
        ],
    )
    yield (
        "\nBy psycopg, P50 and P99: "
        + ", ".join(
            f"{job} {percentile(each_s, 0.5) * 1e3:.1f} and {percentile(each_s, 0.99) * 1e3:.1f} ms"
            for job, each_s in took_s.items()
        )
        + "."
    )


def growth(found: Sequence[Growth]) -> Iterator[str]:
    yield "Growth: one phone, one hop at a time, in µs (medians)\n"
    yield table(
        ("subscribers", "tenants", "first hop", "turn 2-5", "turn 39-42", "money", "of the first"),
        [
            (
                f"{one.world.subscribers:,}",
                f"{one.world.tenants:,}",
                f"{one.dial_us:.0f}",
                f"{one.early_us:.0f}",
                f"{one.late_us:.0f}",
                f"{sum(one.money_us):.0f}",
                f"{one.whole_us / found[0].whole_us:.2f}",
            )
            for one in found
        ],
    )
    yield "\nMoney is the whole conversation of four hops, hashing at its least."
    steps = [
        (
            f"from turn 2-5 to turn 39-42 of a session ({one.world.name})",
            one.late_us / one.early_us,
        )
        for one in found[:1]
    ]
    for one in found[1:]:
        for name, us, first_us in (
            ("first hop", one.dial_us, found[0].dial_us),
            ("menu hop", one.early_us, found[0].early_us),
            ("money conversation", sum(one.money_us), sum(found[0].money_us)),
        ):
            steps.append((f"{name}, {one.world.name}", us / first_us))
    for name, times in steps:
        flat = "flat" if times <= 1 + GROWTH_NOISE else f"grows by {times - 1:.0%}"
        yield f"  {name}: × {times:.2f}, {flat}"
