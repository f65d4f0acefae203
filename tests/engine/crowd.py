"""Ten thousand people on bad lines, each with a group to pay into.

They dial the code, or what they know by heart, and answer what they see. A hop in ten is lost, half
of those before it reaches us and half on the way back; then they dial again, and that is a hop too.
"""

import random
from collections import Counter
from dataclasses import dataclass
from io import StringIO

from core.db.database import Database
from core.money.ledger import SETTLEMENT, WALLET, account_id, savings_account_id
from core.people.people import USSD
from core.savings.manifest import SAVINGS
from core.tenants.directory import Directory
from engine.store.sessions import Store
from engine.turn.message import STILL_WORKING
from engine.turn.ussd import Reply, Turns, UssdRequest
from menus import sentences
from menus.texts import say
from tests.support.domains import FLOWS
from tests.support.tenants import KEYS, PROVIDER
from tests.support.ussd import CODE, UssdTenant
from values.ids import reference_of, uuid7

PIN = "2748"
AMOUNT = "500"
LOST = 0.1
OPENING_MINOR = 10_000
GIVES_UP_AFTER = 6
SEED = 2026

# What is seen, and what is answered: eight hops to go, the dial being the first.
ANSWERS = {
    "Ibimina": "3",
    "Services": "1",
    "Savings": "1",
    "Save in which group?": "1",
    "How much for Kopera Twisungane?": AMOUNT,
    "Save in Kopera Twisungane?": "1",
    "Enter your PIN": PIN,
}
HOPS = len(ANSWERS) + 1
# The same in three hops: the dial leads to the confirmation.
BY_HEART = f"{CODE[:-1]}*1*1*{AMOUNT}#"
HOPS_BY_HEART = 3
TOO_BUSY = (say(sentences.NOT_NOW, "en"), say(STILL_WORKING, "en"))
RESUMED = "Continuing where you stopped. Start again: 00"
# Below a confirmation that is gone on with.
ASKS_PIN = "Agree? Enter your PIN"
# How somebody learns that it is done: by its end, by the receipt at the next dial, or, who dials by
# heart again, by the question about it.
PAID = (f"Saved {AMOUNT} RWF in Kopera Twisungane", "You did the same ")


@dataclass(frozen=True)
class Wire:
    """Where a process of the crowd finds the servers."""

    database_url: str
    redis_url: str


def number_of(person: int) -> str:
    return f"+25079{person:07d}"


def settle(tenant: UssdTenant, count: int) -> None:
    """Write so many members, each with money, as registering and paying in would have."""
    tenant_id, pin_hash = tenant.tenant_id, _pin_hash(tenant)
    group = next(one.id for one in tenant.plan.of(SAVINGS).groups if one.code == "KOP1")
    entry = uuid7()
    settlement = account_id(tenant_id, SETTLEMENT, "RWF")
    people, addresses, accounts, members, postings = (StringIO() for _ in range(5))
    postings.write(f"{tenant_id}\t{entry}\t0\t{settlement}\t{-count * OPENING_MINOR}\tRWF\n")
    for person in range(count):
        id, number = uuid7(), number_of(person)
        wallet, savings = account_id(id, WALLET, "RWF"), savings_account_id(group, id, "RWF")
        name = KEYS.seal(f"Member {chr(65 + person % 26)}abu", id.bytes).hex()
        people.write(f"{tenant_id}\t{id}\t\\\\x{name}\ten\t{{member}}\t{pin_hash}\n")
        lookup, sealed = KEYS.lookup(USSD, number), KEYS.seal(number, id.bytes)
        addresses.write(f"{tenant_id}\t{USSD}\t\\\\x{lookup.hex()}\t{id}\t\\\\x{sealed.hex()}\n")
        accounts.write(f"{tenant_id}\t{wallet}\twallet\tRWF\t{id}\ttrue\t{OPENING_MINOR}\n")
        accounts.write(f"{tenant_id}\t{savings}\tsavings\tRWF\t{id}\ttrue\t0\n")
        members.write(f"{tenant_id}\t{group}\t{id}\t1\t{savings}\n")
        postings.write(f"{tenant_id}\t{entry}\t{person + 1}\t{wallet}\t{OPENING_MINOR}\tRWF\n")
    with tenant.admin.transaction():
        tenant.admin.execute(
            "INSERT INTO entry (tenant_id, id, kind, reference, key, inputs_hash)"
            " VALUES (%s, %s, 'opening', %s, 'crowd', '')",
            (tenant_id, entry, reference_of(entry)),
        )
        for columns, rows in (
            ("subscriber (tenant_id, id, name_sealed, language, roles, pin_hash)", people),
            ("address (tenant_id, channel, lookup, subscriber_id, identifier_sealed)", addresses),
            ("account (tenant_id, id, kind, currency, owner_id, guarded, balance_minor)", accounts),
            (
                "membership (tenant_id, group_id, subscriber_id, number, savings_account_id)",
                members,
            ),
            (
                "posting (tenant_id, entry_id, ordinal, account_id, amount_minor, currency)",
                postings,
            ),
        ):
            with tenant.admin.cursor().copy(f"COPY {columns} FROM STDIN") as copy:
                copy.write(rows.getvalue())
    tenant.admin.execute("ANALYZE")


def _pin_hash(tenant: UssdTenant) -> str:
    """Of one who has this PIN. A hash says what it costs to verify: this one hardly anything."""
    assert tenant.people["uwera"].pin == PIN
    return str(
        tenant.one("SELECT pin_hash FROM subscriber WHERE id = %s", tenant.id_of("uwera"))[0]
    )


def call(wire: Wire, dialled: str, first: int, beyond: int) -> Counter[int]:
    """Let these people pay. How many were done within so many redials; -1 gave up."""
    database = Database(wire.database_url)
    turns = Turns(
        database=database,
        store=Store(wire.redis_url),
        keys=KEYS,
        directory=Directory(database),
        flows=FLOWS,
    )
    outcomes = Counter(_pay(turns, dialled, person) for person in range(first, beyond))
    database.close()
    return outcomes


def _answered(turns: Turns, hop: UssdRequest) -> Reply:
    """The reply, also where the machine of the tests was too busy for one in time: lines are what
    is bad here, and nothing else."""
    for _ in range(20):
        reply = turns.take(hop)
        if not (reply.ends and reply.text.startswith(TOO_BUSY)):
            return reply
    raise AssertionError(reply.text)


def _pay(turns: Turns, dialled: str, person: int) -> int:
    chance = random.Random(f"{SEED}:{person}")
    for redials in range(GIVES_UP_AFTER + 1):
        session_id, text = f"ATUid_{person}_{redials}", ""
        while True:
            luck = chance.random()
            if luck < LOST / 2:
                break
            reply = _answered(
                turns, UssdRequest(PROVIDER, dialled, session_id, number_of(person), text)
            )
            if luck < LOST:
                break
            seen = reply.text.removeprefix(RESUMED).lstrip().partition("\n")[0]
            if seen.startswith(PAID):
                return redials
            answer = PIN if ASKS_PIN in reply.text else ANSWERS[seen]
            text = f"{text}*{answer}" if text else answer
    return -1
