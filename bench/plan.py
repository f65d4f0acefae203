"""How much is measured: all sizes of a run in one place."""

from dataclasses import dataclass

# A session of a menu, as long as the bench's menu conversation: dial, then in and out of a menu.
MENU_HOPS = 21
LONG_HOPS = 47


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes of one run. Rounds are what is interleaved: everything once, then everything again."""

    phones: int  # that wait for an answer at any moment
    starts: int  # of the web servers: the same program runs a tenth faster or slower after each
    rounds: int  # a start
    menu_talks: int  # a round, of MENU_HOPS hops each
    money_talks: int  # a round, of four hops each
    hashed_talks: int  # money conversations with the PIN hash at its full cost
    clients: int  # of the database alone
    tpcb_scale: int  # 100,000 accounts each
    book_rounds: int
    book_s: float  # a measurement of TPC-B or posting
    subscribers: int  # of the large book of people
    callers: int  # of them, those who dial
    tenants: int
    growth_talks: int
    hashes: int
    conversations: int  # that write once each, in each measurement of replies
    conversations_a_second: float
    bulk_texts: int  # that say the same, to one person each
    sending_rounds: int
    beside_rounds: int  # of each, beside others under wrk
    beside_s: int


FULL = Plan(
    phones=16,
    starts=3,
    rounds=3,
    menu_talks=400,
    money_talks=500,
    hashed_talks=60,
    clients=8,
    tpcb_scale=10,
    book_rounds=8,
    book_s=2.0,
    subscribers=1_000_000,
    callers=20_000,
    tenants=1_000,
    growth_talks=250,
    hashes=40,
    conversations=750,
    conversations_a_second=50.0,
    bulk_texts=10_000,
    sending_rounds=3,
    beside_rounds=3,
    beside_s=7,
)
QUICK = Plan(
    phones=16,
    starts=2,
    rounds=2,
    menu_talks=100,
    money_talks=250,
    hashed_talks=30,
    clients=8,
    tpcb_scale=10,
    book_rounds=3,
    book_s=1.0,
    subscribers=100_000,
    callers=5_000,
    tenants=200,
    growth_talks=60,
    hashes=20,
    conversations=300,
    conversations_a_second=50.0,
    bulk_texts=4_000,
    sending_rounds=2,
    beside_rounds=2,
    beside_s=3,
)
# Every piece once: for the tests, which look at whether they run and not at what they say.
TINY = Plan(
    phones=4,
    starts=2,
    rounds=1,
    menu_talks=6,
    money_talks=8,
    hashed_talks=4,
    clients=2,
    tpcb_scale=1,
    book_rounds=1,
    book_s=0.1,
    subscribers=400,
    callers=100,
    tenants=2,
    growth_talks=3,
    hashes=2,
    conversations=6,
    conversations_a_second=50.0,
    bulk_texts=20,
    sending_rounds=1,
    beside_rounds=0,
    beside_s=1,
)
