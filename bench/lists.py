"""`python -m bench.lists`: the console's lists, each over a million rows.

A clerk's pages are asked for as a browser asks, without a network: the session, the permission, the
query, the template. Pages deep in a list begin at a key in its middle. P95 is to be under 200 ms.
"""

import time
import uuid
from collections.abc import Callable
from typing import Final

import click
import psycopg
from flask.testing import FlaskClient

from app.console.application import create_console
from bench.figures import percentile, table
from bench.servers import own_servers
from bench.world import Builder
from core.analytics import funnel_counts
from core.db.database import Database, Deadline
from core.security.keyring import Keyring
from core.staff import members, sessions
from core.staff.roles import Grant

ROWS: Final = 1_000_000
ASKED: Final = 100
WARM: Final = 5
AIM_MS: Final = 200.0
HOST: Final = "https://console.example"
# Ids of ours begin with their time: a row a second, back from a moment that all tables share.
ID: Final = (
    "(lpad(to_hex(%(now_ms)s - n * 1000), 12, '0') || '7000' || lpad(to_hex(n), 16, '0'))::uuid"
)
FILL: Final = {
    "message": (
        "tenant_id, id, subscriber_id, service_id, template, params, state",
        f"%(t)s, {ID}, md5((n / 50)::text)::uuid, %(t)s, 'notice', '{{}}',"
        " CASE WHEN n %% 1000 = 0 THEN 'unknown' ELSE 'delivered' END",
    ),
    "audit": (
        "tenant_id, id, actor, action, object_id",
        f"%(t)s, {ID}, 'officer a', 'look at person', md5((n / 50)::text)::uuid",
    ),
    "audit_link": ("tenant_id, seq, audit_id, hash", f"%(t)s, {ROWS} + 100 - n, {ID}, ''"),
    "payment": (
        "tenant_id, id, kind, reference, provider, wallet, wallet_service_id, subscriber_id,"
        " operation, amount_minor, currency, party_sealed, party_lookup, state, movement_id",
        f"%(t)s, {ID}, 'collection', {ID}, 'p', 'W', %(t)s, md5((n / 50)::text)::uuid, 'x', 100,"
        f" 'RWF', '', '', CASE WHEN n %% 1000 = 0 THEN 'review' ELSE 'paid' END, {ID}",
    ),
    "payment_exception": (
        "tenant_id, id, wallet, provider_txid, amount_minor, currency, happened_at, reason, state",
        f"%(t)s, {ID}, 'W', n::text, 100, 'RWF', now(), 'no_owner',"
        " CASE WHEN n %% 10000 = 0 THEN 'open' ELSE 'allocated' END",
    ),
    "turn": (
        "tenant_id, id, service_id, session, subscriber_id, number, place, outcome, language,"
        " took_us",
        f"%(t)s, {ID}, %(t)s, md5((n / 5)::text), md5((n / 50)::text)::uuid, 5 - n %% 5,"
        " (ARRAY['menu:', 'save.group', 'save.amount', 'save.pin', 'save.done'])[5 - n %% 5],"
        " CASE WHEN n %% 5 = 0 THEN 'ended' ELSE 'shown' END, 'en', 1",
    ),
    "outbox": (
        "tenant_id, id, kind, subject_id, state, done_at",
        f"%(t)s, {ID}, 'x', %(t)s, CASE WHEN n %% 50000 = 0 THEN 'dead' ELSE 'done' END, now()",
    ),
}


def pages(middle: str) -> dict[str, str]:
    """The lists, from their beginning and from a key in their middle."""
    return {
        "messages": "messages",
        "messages, in the middle": f"messages?before={middle}",
        "messages, unknown": "messages?state=unknown",
        "payments": "payments",
        "payments, in the middle": f"payments?before={middle}",
        "payments in review": "payments?state=review",
        "exceptions": "exceptions",
        "exceptions, settled": "exceptions?show=settled",
        "trail": "audit",
        "trail, in the middle": f"audit?before={ROWS // 2}",
        "dead jobs": "jobs",
        "providers": "providers",
        "work queue": "",
        "funnels of a day": "funnels?days=1",
        "funnels of 14 days, by network": "funnels?days=14&by=network",
    }


def measure(say: Callable[[str], object], rows: int) -> None:
    """Fill a database of its own, ask for each list, and say how long each took."""
    with own_servers() as servers:
        builder = Builder(servers)
        world = builder.build("lists", tenants=1, subscribers=1_000, callers=10)
        tenant_id = world.callers[0].business.tenant_id
        with psycopg.connect(builder.admin_url("lists"), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            admin.execute("SET synchronous_commit = off")
            now_ms = int(time.time() * 1_000)
            for name, (columns, values) in FILL.items():
                admin.execute(
                    f"INSERT INTO {name} ({columns})"
                    f" SELECT {values} FROM generate_series(1, {rows}) n",
                    {"t": tenant_id, "now_ms": now_ms},
                )
            admin.execute("VACUUM (ANALYZE)")
            row = admin.execute(
                "SELECT id FROM message WHERE tenant_id = %s ORDER BY id OFFSET %s LIMIT 1",
                (tenant_id, rows // 2),
            ).fetchone()
            assert row is not None
        database = Database(world.settings.database_url)
        count_sessions(database, tenant_id)
        settings = world.settings
        web = create_console(settings, database, builder.keys)
        client = web.test_client()
        sign_in(client, database, builder.keys, tenant_id)
        found = []
        for name, path in pages(str(row[0])).items():
            took_ms = [asked(client, path) for _ in range(WARM + ASKED)][WARM:]
            p95 = percentile(took_ms, 0.95)
            verdict = "reached" if p95 < AIM_MS else "missed"
            found.append((name, f"{percentile(took_ms, 0.5):.0f}", f"{p95:.0f}", verdict))
        database.close()
    say(f"{rows:,} rows in each of: {', '.join(FILL)}; each page asked for {ASKED} times\n")
    say(table(("list", "P50 ms", "P95 ms", f"aim {AIM_MS:.0f} ms"), found))


def count_sessions(database: Database, tenant_id: uuid.UUID) -> None:
    """What the schedule counts every few minutes."""
    is_more = True
    while is_more:
        with database.transaction(tenant_id, Deadline(60.0)) as tx:
            is_more = funnel_counts.count_on(tx)


def sign_in(client: FlaskClient, database: Database, keys: Keyring, tenant_id: uuid.UUID) -> None:
    with database.transaction(tenant_id) as tx:
        link = members.invite(tx, keys, tenant_id, "bench", [Grant("super_admin")], by="bench")
    with database.transaction(tenant_id) as tx:
        members.use_link(tx, keys, link)
        token = sessions.begin(tx, keys, members.find(tx, "bench"), "password")
    for name in ("piga-console", "__Host-piga-console"):
        client.set_cookie(name, token, domain="console.example", secure=True)


def asked(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(f"/console/{path}".rstrip("/"), base_url=HOST)
    took_ms = (time.perf_counter() - began) * 1_000
    if answer.status_code != 200:
        raise SystemExit(f"/console/{path} answered {answer.status_code}: {answer.text[:300]}")
    return took_ms


@click.command()
@click.option("--rows", default=ROWS, show_default=True, help="In each large table.")
def main(rows: int) -> None:
    """Measure the console's lists over large tables, on servers of the bench's own."""
    measure(click.echo, rows)


if __name__ == "__main__":
    main(prog_name="python -m bench.lists")
