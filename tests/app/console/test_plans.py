"""What the lists of the console ask is answered by indexes, however large the tables are."""

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest

from core.agents import day_sheet
from core.agents.day_sheet import Day
from core.analytics import funnels, replay
from core.analytics.funnels import Asked
from core.audit import chain
from core.db.connection import Row, Run
from core.db.database import Tx
from core.inbox import files
from core.lists.listing import Listing, Order, Wanted
from core.loans import portfolio
from core.messaging import listing as messages
from core.messaging import provider_report
from core.money import ledger, listing, owned
from core.payments import exceptions
from core.payments import listing as payments
from core.payments.listing import Sought
from core.people import names_found
from core.savings import groups, overview
from core.staff import dead_jobs
from tests.support.domains import DOMAINS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from values import clock
from values.ids import uuid7

pytestmark = pytest.mark.long

ROWS = 20_000
LARGE = (
    *("turn", "message", "audit", "audit_link", "name_word", "entry", "posting", "outbox"),
    *("payment", "payment_exception", "funnel_day"),
    *("inbound_file", "conversation", "savings_group", "membership", "account"),
    *("savings_meeting", "savings_meeting_line", "loan"),
)
# As ids of ours are: by time, a second apart. On the first day of a month the rows are of its
# second one: all of them are of one month, whose table is large then.
_NOW = "now() + interval '1 day' * (extract(day FROM now() AT TIME ZONE 'UTC') = 1)::int"
_ID = (
    f"(lpad(to_hex((extract(epoch FROM {_NOW}) * 1000)::bigint - n * 1000), 12, '0')"
    " || '7000' || lpad(to_hex(n), 16, '0'))::uuid"
)
_FILL = (
    f"INSERT INTO turn (tenant_id, id, service_id, session, subscriber_id, number, place, outcome,"
    f" language, took_us) SELECT %(t)s, {_ID}, %(t)s, md5((n / 5)::text),"
    " md5((n / 50)::text)::uuid, 1, 'x', 'shown', 'en', 1",
    f"INSERT INTO message (tenant_id, id, subscriber_id, service_id, template, params, state)"
    f" SELECT %(t)s, {_ID}, md5((n / 50)::text)::uuid, %(t)s, 'x', '{{}}',"
    " CASE WHEN n %% 1000 = 0 THEN 'unknown' ELSE 'delivered' END",
    f"INSERT INTO inbound_file (tenant_id, id, conversation_id, kind, state)"
    f" SELECT %(t)s, {_ID}, md5((n / 50)::text)::uuid, 'image', 'lost'",
    "INSERT INTO conversation (tenant_id, id, service_id, address_channel, address_lookup,"
    " address_sealed) SELECT %(t)s, md5(n::text)::uuid, %(t)s, 'ussd', decode(md5(n::text), 'hex'),"
    " ''",
    f"INSERT INTO audit (tenant_id, id, actor, action, object_id)"
    f" SELECT %(t)s, {_ID}, 'a', 'b', md5((n / 50)::text)::uuid",
    f"INSERT INTO audit_link (tenant_id, seq, audit_id, hash) SELECT %(t)s, n, {_ID}, ''",
    "INSERT INTO name_word (tenant_id, word_lookup, subscriber_id) SELECT %(t)s,"
    " decode(md5((n / 10)::text), 'hex'), md5(n::text)::uuid",
    f"INSERT INTO entry (tenant_id, id, kind, reference, key, inputs_hash)"
    f" SELECT %(t)s, {_ID}, 'x', n::text, n::text, ''",
    f"INSERT INTO posting (tenant_id, entry_id, ordinal, account_id, amount_minor, currency)"
    f" SELECT %(t)s, {_ID}, 0, md5((n / 50)::text)::uuid, 1, 'RWF'",
    f"INSERT INTO payment (tenant_id, id, kind, reference, provider, wallet, wallet_service_id,"
    f" subscriber_id, operation, amount_minor, currency, party_sealed, party_lookup, state,"
    f" movement_id) SELECT %(t)s, {_ID}, 'collection', {_ID}, 'p', 'W', %(t)s,"
    " md5((n / 50)::text)::uuid, 'x', 1, 'RWF', '', '',"
    f" CASE WHEN n %% 1000 = 0 THEN 'review' ELSE 'paid' END, {_ID}",
    f"INSERT INTO payment_exception (tenant_id, id, wallet, provider_txid, amount_minor, currency,"
    f" happened_at, reason, state) SELECT %(t)s, {_ID}, 'W', n::text, 1, 'RWF', now(), 'x',"
    " CASE WHEN n %% 1000 = 0 THEN 'open' ELSE 'allocated' END",
    "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name) SELECT %(t)s,"
    " md5(n::text)::uuid, %(t)s, 'G' || n, 'Group ' || n",
    "INSERT INTO membership (tenant_id, group_id, subscriber_id, number, savings_account_id)"
    " SELECT %(t)s, md5((n / 25)::text)::uuid, md5(n::text)::uuid, 1, md5(n::text)::uuid",
    "INSERT INTO account (tenant_id, id, kind, currency, owner_id, guarded) SELECT %(t)s,"
    " md5(n::text)::uuid, 'savings', 'RWF', md5(n::text)::uuid, true",
    f"INSERT INTO savings_meeting (tenant_id, id, group_id, day, currency, state, opened_by,"
    f" recorded_by, opening_loan_minor, opening_social_minor) SELECT %(t)s, {_ID},"
    " md5((n / 25)::text)::uuid, '2026-01-05'::date + n %% 300, 'RWF', 'stopped', %(t)s, %(t)s,"
    " 0, 0",
    f"INSERT INTO savings_meeting_line (tenant_id, meeting_id, subscriber_id, number)"
    f" SELECT %(t)s, {_ID}, md5(n::text)::uuid, 1",
    f"INSERT INTO loan (tenant_id, id, group_id, borrower_id, product_id, terms, principal_minor,"
    f" currency, periods, state, account_id) SELECT %(t)s, {_ID}, md5((n / 25)::text)::uuid,"
    " md5(n::text)::uuid, %(t)s, '{}', 1, 'RWF', 1, 'refused', %(t)s",
    "INSERT INTO funnel_day (tenant_id, day, service_id, language, network, place, came, ended,"
    " dropped, back, wrong, refused, turns, numbers) SELECT %(t)s, current_date - n / 50, %(t)s,"
    " 'en', '', 'a.q' || n %% 50, 1, 1, 0, 0, 0, 0, 1, 1",
    f"INSERT INTO outbox (tenant_id, id, kind, subject_id, state, done_at)"
    f" SELECT %(t)s, {_ID}, 'x', %(t)s, CASE WHEN n %% 5000 = 0 THEN 'dead' ELSE 'done' END, now()",
)


class Explained:
    """A transaction that looks at the plan of each query before it is asked."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.plans: list[str] = []

    def all(self, query: str, params: Any = None) -> list[Row]:
        rows = self._tx.all(f"EXPLAIN {query}", params)
        self.plans.append("\n".join(row[0] for row in rows))
        return self._tx.all(query, params)

    def one(self, query: str, params: Any = None) -> Row | None:
        found = self.all(query, params)
        return found[0] if found else None

    def run(self, *runs: Run) -> list[list[Row]]:
        answered = self._tx.run(*runs)
        assert self._tx.connection is not None, "it has begun"
        for prepared, _ in runs:  # without its parameters: in the simple protocol alone
            told = self._tx.connection.pgconn.exec_(b"EXPLAIN (GENERIC_PLAN) " + prepared.query)
            lines = [told.get_value(row, 0) or b"" for row in range(told.ntuples)]
            assert lines, told.error_message
            self.plans.append(b"\n".join(lines).decode())
        return answered


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        made.admin.execute("SET session_replication_role = replica")
        for statement in _FILL:
            made.admin.execute(
                f"{statement} FROM generate_series(1, {ROWS}) n", {"t": made.tenant_id}
            )
        made.admin.execute(f"ANALYZE {', '.join(LARGE)}")
        yield made


NOW = clock.now()
ASKED: dict[str, Callable[[Tx], object]] = {
    "sessions": lambda tx: replay.sessions_of(tx, uuid7(), before=uuid7(), limit=10),
    "turns": lambda tx: replay.turns_of(tx, "5e" * 16),
    "funnels": lambda tx: funnels.read(tx, Asked(NOW - timedelta(minutes=20), NOW)),
    "messages": lambda tx: messages.page(tx, before=uuid7()),
    "unknown messages": lambda tx: messages.page(tx, state="unknown"),
    "providers": provider_report.states,
    "a provider's texts": lambda tx: provider_report.exchanges(tx, "nobody"),
    "files": lambda tx: files.page(tx, before=uuid7()),
    "messages of a person": lambda tx: messages.of_person(tx, uuid7()),
    "trail": lambda tx: chain.page(tx, before=100),
    "names": lambda tx: names_found.named(tx, KEYS, "uwera claudine", limit=20),
    "reference": lambda tx: owned.owners_by_reference(
        tx, "PGEX4N51", NOW - timedelta(days=9), days=1
    ),
    "accounts": lambda tx: listing.accounts_of(tx, uuid7()),
    "movements": lambda tx: ledger.receipts(tx, uuid7(), ("wallet",), 10),
    "statement": lambda tx: ledger.statement(tx, uuid7(), 10, after=uuid7()),
    "jobs": dead_jobs.listed,
    "payments": lambda tx: payments.page(tx, Sought(("paid",), kind="refund"), before=uuid7()),
    "payments in review": lambda tx: payments.page(tx, Sought(("review",))),
    "wallets": payments.wallet_states,
    "exceptions": lambda tx: exceptions.listed(tx, beyond=uuid7()),
    "settled exceptions": lambda tx: exceptions.listed(tx, settled=True, beyond=uuid7(), limit=50),
    "groups": lambda tx: overview.groups(tx, asked="G1", after="G1"),
    "a group": lambda tx: overview.group(tx, uuid7()),
    "members of a group": lambda tx: overview.members(tx, KEYS, uuid7()),
    "meetings of a group": lambda tx: overview.meetings(tx, uuid7()),
    "loans of a group": lambda tx: portfolio.of_group(tx, uuid7(), NOW.date()),
    "groups of a member": lambda tx: groups.of_member(tx, uuid7()),
    "day sheets": lambda tx: day_sheet.sheets(tx, Day(NOW - timedelta(days=1), NOW)),
}


# The rows were written since.
LATER = NOW + timedelta(days=1)


def _looked_through() -> dict[str, Callable[[Tx], object]]:
    """Every list that may be looked through: by each value of each filter, and in each order."""
    found: dict[str, Callable[[Tx], object]] = {}
    for each_list in DOMAINS.listings.values():
        subject = uuid7() if each_list.subject else None
        only: list[dict[str, str]] = [{}]
        only += [
            {one.column: value}
            for one in each_list.filters
            for value in one.choices or ("nothing such",)
        ]
        for each in only:
            wanted = Wanted(None, LATER, subject, only=each)
            name = f"{each_list.name} {' '.join(each.values())}"
            found[name] = partial(_look, each_list, wanted, Order())
        for sort in each_list.sorts:
            place = f"1~{uuid7()}"
            name = f"{each_list.name} in the order of {sort.column}"
            found[name] = partial(
                _look, each_list, Wanted(None, LATER, subject), Order(sort.column, False, place)
            )
    return found


def _look(found: Listing, wanted: Wanted, order: Order, tx: Tx) -> None:
    """Its plan alone: what the rows of this test have sealed opens nowhere."""
    with contextlib.suppress(ValueError):
        found.look(tx, KEYS, wanted, order, limit=50)


LOOKED_THROUGH = _looked_through()


@pytest.mark.parametrize("asked", [*ASKED, *LOOKED_THROUGH])
def test_no_list_reads_a_large_table_from_end_to_end(tenant: Tenant, asked: str) -> None:
    with tenant.tx() as tx:
        explained = Explained(tx)
        (ASKED | LOOKED_THROUGH)[asked](cast(Tx, explained))
    rows = tenant.admin.execute("SELECT relname FROM pg_class WHERE reltuples > 1000").fetchall()
    large = {name for (name,) in rows}
    assert len(large) > 8
    assert explained.plans
    for plan in explained.plans:
        assert not large & {*re.findall(r"Seq Scan on (\w+)", plan)}, plan
