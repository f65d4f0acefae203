"""Proof that the books are right: every invariant a named statement that finds what breaks it.

All of them are asked over all tenants in one read-only snapshot, so that the answer is right while
everything works. Samples hold ids and codes only.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import IsolationLevel

SAMPLES = 5
# Sums over millions of rows need room to hash in; this is for one connection.
WORK_MEM = "128MB"


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant: its name, what it says, and the rows that break it (ids only)."""

    name: str
    sentence: str
    query: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: how many rows break the invariant, and some of them."""

    name: str
    sentence: str
    ok: bool
    violations: int
    sample: list[list[str]]


@dataclass(frozen=True, slots=True)
class Report:
    """The answer of `verify`: `ok` only when every invariant holds."""

    ok: bool
    checks: list[Found]
    tenants: int
    entries: int

    def to_data(self) -> dict[str, Any]:
        """As JSON-able data: {"ok", "checks": [{"name", "ok", …}], "tenants", "entries"}."""
        return asdict(self)


def moves_what_was_shown(operation: str, shown: str) -> Check:
    """The check that an operation's entry gives what its intent showed. `shown` is an expression
    over the intent `i`: the sum of all that is given, the tenant's fee included."""
    return Check(
        f"{operation}_moves_what_was_shown",
        f"an entry of {operation} moves the amount that its intent showed",
        "SELECT i.tenant_id, i.id FROM intent i"
        " LEFT JOIN posting p ON p.tenant_id = i.tenant_id AND p.entry_id = i.entry_id"
        " AND p.currency = i.currency AND p.amount_minor > 0"
        f" WHERE i.state = 'done' AND i.operation = '{operation}'"
        " GROUP BY i.tenant_id, i.id, i.amount_minor, i.fee_minor"
        f" HAVING coalesce(sum(p.amount_minor), 0) <> {shown}",
    )


def has_receipts(kind: str, people: int) -> Check:
    """The check that every entry of that kind has one receipt for each of so many people."""
    return Check(
        f"{kind}_has_receipts",
        f"every entry of {kind} has one receipt for each of its people ({people})",
        "SELECT e.tenant_id, e.id FROM entry e LEFT JOIN (SELECT tenant_id, entry_id,"
        " count(DISTINCT subscriber_id) AS people, count(*) AS messages FROM message"
        " WHERE entry_id IS NOT NULL GROUP BY 1, 2) m"
        " ON m.tenant_id = e.tenant_id AND m.entry_id = e.id"
        f" WHERE e.kind = '{kind}'"
        " AND (coalesce(m.people, 0), coalesce(m.messages, 0))"
        f" <> ({people}::bigint, {people}::bigint)",
    )


_SUM = "SELECT tenant_id, {by}, sum(amount_minor) AS total FROM posting GROUP BY 1, 2"

CHECKS = (
    Check(
        "books_balance",
        "per tenant and currency the postings sum to zero",
        "SELECT tenant_id, currency FROM posting GROUP BY 1, 2 HAVING sum(amount_minor) <> 0",
    ),
    Check(
        "entries_balance",
        "every entry has at least two postings of one currency, none of them of nothing, and they"
        " sum to zero",
        "SELECT e.tenant_id, e.id FROM entry e LEFT JOIN (SELECT tenant_id, entry_id,"
        " sum(amount_minor) AS total, count(*) AS lines, min(currency) = max(currency) AS one,"
        " bool_or(amount_minor = 0) AS nothing FROM posting GROUP BY 1, 2) p"
        " ON p.tenant_id = e.tenant_id AND p.entry_id = e.id"
        " WHERE p.lines IS NULL OR p.lines < 2 OR p.total <> 0 OR p.nothing OR NOT p.one",
    ),
    Check(
        "postings_belong",
        "every posting has its entry and its account, in the account's currency",
        "SELECT p.tenant_id, p.entry_id, p.ordinal FROM posting p"
        " LEFT JOIN entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id"
        " LEFT JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " WHERE e.id IS NULL OR a.id IS NULL OR a.currency <> p.currency",
    ),
    Check(
        "keys_are_used_once",
        "an idempotency key is used once",
        "SELECT tenant_id, min(id::text)::uuid FROM entry GROUP BY tenant_id, key"
        " HAVING count(*) > 1",
    ),
    Check(
        "balances_match",
        "every guarded balance is the sum of its postings",
        "SELECT a.tenant_id, a.id FROM account a"
        f" LEFT JOIN ({_SUM.format(by='account_id')}) p"
        " ON p.tenant_id = a.tenant_id AND p.account_id = a.id"
        " WHERE a.guarded AND a.balance_minor <> coalesce(p.total, 0)",
    ),
    Check(
        "nothing_overdrawn",
        "no guarded balance is below what is held on it, or below zero",
        "SELECT tenant_id, id FROM account"
        " WHERE guarded AND (balance_minor < held_minor OR balance_minor < 0 OR held_minor < 0)",
    ),
    Check(
        "holds_match",
        "what is held on an account is the sum of its pending holds",
        "SELECT a.tenant_id, a.id FROM account a LEFT JOIN (SELECT tenant_id, account_id, currency,"
        " sum(amount_minor) AS total FROM hold WHERE state = 'pending' GROUP BY 1, 2, 3) h"
        " ON h.tenant_id = a.tenant_id AND h.account_id = a.id AND h.currency = a.currency"
        " WHERE a.held_minor <> coalesce(h.total, 0)"
        " UNION ALL SELECT h.tenant_id, h.id FROM hold h LEFT JOIN account a"
        " ON a.tenant_id = h.tenant_id AND a.id = h.account_id AND a.currency = h.currency"
        " WHERE a.id IS NULL",
    ),
    Check(
        "posted_holds_have_entries",
        "a posted hold has an entry that takes from its account",
        "SELECT h.tenant_id, h.id FROM hold h WHERE h.state = 'posted' AND NOT EXISTS (SELECT 1"
        " FROM posting p WHERE p.tenant_id = h.tenant_id AND p.entry_id = h.entry_id"
        " AND p.account_id = h.account_id AND p.amount_minor < 0)",
    ),
    Check(
        "done_intents_have_entries",
        "a done intent has its entry, posted under the intent's key",
        "SELECT i.tenant_id, i.id FROM intent i LEFT JOIN entry e ON e.tenant_id = i.tenant_id"
        " AND e.id = i.entry_id AND e.key = 'intent:' || i.id"
        " WHERE i.state = 'done' AND e.id IS NULL",
    ),
    Check(
        "entries_of_intents_are_done",
        "an entry under an intent's key belongs to that intent alone, and it is done",
        "SELECT e.tenant_id, e.id FROM entry e LEFT JOIN intent i ON i.tenant_id = e.tenant_id"
        " AND i.entry_id = e.id AND i.state = 'done' AND e.key = 'intent:' || i.id"
        " WHERE e.key LIKE 'intent:%' AND i.id IS NULL",
    ),
    Check(
        "intents_match_fees",
        "an entry gives the tenant the fee that its intent showed",
        "SELECT i.tenant_id, i.id FROM intent i"
        " LEFT JOIN posting p ON p.tenant_id = i.tenant_id AND p.entry_id = i.entry_id"
        " AND p.currency = i.currency AND p.amount_minor > 0"
        " LEFT JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " WHERE i.state = 'done' GROUP BY i.tenant_id, i.id, i.fee_minor"
        " HAVING i.fee_minor <> coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'fees'), 0)",
    ),
)


def verify(verify_url: str, checks: Sequence[Check]) -> Report:
    """Check every invariant, as the auditor, whom row-level security lets see every tenant.

    Raises psycopg.Error when the database cannot be read.
    """
    with psycopg.connect(verify_url, application_name="piga verify") as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return examine(connection, checks)


def examine(connection: psycopg.Connection[Any], checks: Sequence[Check]) -> Report:
    """Check every invariant in the connection's transaction, on whatever rows it sees."""
    connection.execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
    # Whole tables are compared: row by row would be the wrong way, and is what the planner takes
    # to when statistics are old.
    connection.execute("SET LOCAL enable_nestloop = off")
    found = [_ask(connection, check) for check in checks]
    row = connection.execute(
        "SELECT (SELECT count(*) FROM tenant), (SELECT count(*) FROM entry)"
    ).fetchone()
    assert row is not None
    return Report(all(check.ok for check in found), found, *row)


def _ask(connection: psycopg.Connection[Any], check: Check) -> Found:
    # Materialized, or the planner would hurry to the first few rows that are not there.
    rows = connection.execute(
        f"WITH broken AS MATERIALIZED ({check.query})"
        f" SELECT *, (SELECT count(*) FROM broken) FROM broken LIMIT {SAMPLES}"
    ).fetchall()
    sample = [[str(value) for value in row[:-1]] for row in rows]
    violations = rows[0][-1] if rows else 0
    return Found(check.name, check.sentence, not rows, violations, sample)
