"""A storm of dials at one tenant's code, while another tenant's people use theirs: in one process,
with one Redis and one Postgres. What is held against it are counts and not times."""

import json
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.settings import CHECKOUT
from engine.turn.ussd import UssdRequest
from menus import sentences
from menus.texts import say
from tests.engine.test_hop_limits import allow
from tests.support.tenants import PROVIDER, write_folders
from tests.support.ussd import CODE, UssdTenant

pytestmark = pytest.mark.long

TOO_MANY = {say(sentences.TOO_MANY, language) for language in ("en", "rw", "fr", "sw")}
NEIGHBOUR, MUGISHA, PIN = "*384*20#", "+250788000202", "7084"
THREADS, DIALS = 8, 500
OPEN_SESSIONS = 200
CONVERSATIONS = 40


def storm(tenant: UssdTenant, thread: int) -> Counter[bool]:
    """Dials from as many numbers as there are dials; how many were told that it is too many."""
    told: Counter[bool] = Counter()
    for number in range(DIALS):
        caller = f"+25079{thread:02}{number:05}"
        hop = UssdRequest(PROVIDER, CODE, f"storm-{thread}-{number}", caller, "")
        told[tenant.turns.take(hop).text in TOO_MANY] += 1
    return told


def conversation(tenant: UssdTenant) -> list[str]:
    """What Mugisha reads at Moto: two menus, the question for the PIN, the balance."""
    session, typed, read = f"moto-{uuid.uuid4().hex}", "", []
    for answer in ("", "3", "1", PIN):
        typed = f"{typed}*{answer}".strip("*")
        hop = UssdRequest(PROVIDER, NEIGHBOUR, session, MUGISHA, typed)
        read.append(tenant.turns.take(hop).text)
    return read


def test_a_storm_at_one_tenant_leaves_the_other_unharmed(tenant: UssdTenant) -> None:
    tenant.faults_are_expected = True  # the alarm
    write_folders(tenant.urls.database_url, [CHECKOUT / "fixtures" / "tenants" / "moto"])
    # One number dials for all of its neighbours there.
    many = {"number_hops_a_second": 100_000, "number_open_sessions": 1_000_000}
    tenant.admin.execute(
        "UPDATE service SET settings = settings || %s WHERE code = %s",
        (json.dumps(many), NEIGHBOUR),
    )
    allow(tenant, open_sessions=OPEN_SESSIONS)
    alone = conversation(tenant)
    assert alone[2].startswith("Enter your PIN")
    assert "14,000 RWF" in alone[3]
    read: list[list[str]] = []
    with ThreadPoolExecutor(THREADS) as pool:
        raging = [pool.submit(storm, tenant, thread) for thread in range(THREADS)]
        while len(read) < CONVERSATIONS or not all(one.done() for one in raging):
            read.append(conversation(tenant))
        told = sum((one.result() for one in raging), Counter[bool]())
    # Every hop of the neighbour's is answered as if nothing was: none is refused, none is lost.
    assert [one for one in read if one != alone] == []
    # Of the storm, about half of the open sessions was worked, and the rest left nothing behind.
    assert told[True] == THREADS * DIALS - told[False]
    assert OPEN_SESSIONS // 2 <= told[False] <= OPEN_SESSIONS
    kept = sum(1 for _ in tenant.redis.scan_iter("s:*"))
    assert kept == told[False] + len(read) + 1
