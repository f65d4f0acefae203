"""`python -m bench.groups`: a union's pages over 28,000 groups of 25, 700,000 members.

As `bench.lists`, without a network: the session, the permission, the queries, the template. The
page of a group opens the names of its members.
"""

import uuid
from collections.abc import Callable
from typing import Final

import click
import psycopg

from app.console.application import create_console
from bench.figures import percentile, table
from bench.lists import WARM, asked, sign_in
from bench.servers import own_servers
from bench.world import Builder
from core.db.database import Database
from core.security.keyring import Keyring

GROUPS: Final = 28_000
MEMBERS: Final = 25
ASKED: Final = 40
FILL: Final = (
    "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name) SELECT %(t)s,"
    " md5('g' || n)::uuid, %(t)s, 'U' || lpad(n::text, 6, '0'), 'Twisungane ' || n"
    " FROM generate_series(1, %(groups)s) n",
    "INSERT INTO account (tenant_id, id, kind, currency, owner_id, guarded, balance_minor)"
    " SELECT %(t)s, md5('a' || n)::uuid, 'savings', 'RWF', md5('s' || n)::uuid, true,"
    " 500 * (n %% 90)"
    " FROM generate_series(1, %(members)s) n",
    "INSERT INTO membership (tenant_id, group_id, subscriber_id, number, savings_account_id)"
    " SELECT %(t)s, md5('g' || (n - 1) / 25 + 1)::uuid, md5('s' || n)::uuid, 1,"
    " md5('a' || n)::uuid FROM generate_series(1, %(members)s) n",
    "INSERT INTO savings_meeting (tenant_id, id, group_id, day, currency, state, opened_by,"
    " recorded_by, opening_loan_minor, opening_social_minor, counted_minor, first_count_minor)"
    " SELECT %(t)s, md5('m' || n)::uuid, md5('g' || (n - 1) / 4 + 1)::uuid,"
    " current_date - 7 * (n %% 4), 'RWF', 'closed', %(t)s, %(t)s, 0, 0, 0, 0"
    " FROM generate_series(1, 4 * %(groups)s) n",
)


def _pages(groups: int, opened: uuid.UUID) -> dict[str, str]:
    return {
        "groups": "savings",
        "groups, in the middle": f"savings?after=U{groups // 2:06}",
        "a group by its code": f"savings?asked=U{groups - 1:06}",
        "groups by a name": f"savings?asked=twisungane+{groups - 1}",
        "a group": f"savings/{opened}",
        "organisations and areas": "savings/figures",
    }


def measure(say: Callable[[str], object], groups: int) -> None:
    """Fill a database of its own, ask for each page, and say how long each took."""
    with own_servers() as servers:
        builder = Builder(servers)
        world = builder.build("groups", tenants=1, subscribers=1_000, callers=10)
        tenant_id = world.callers[0].business.tenant_id
        with psycopg.connect(builder.admin_url("groups"), autocommit=True) as admin:
            admin.execute("SET session_replication_role = replica")
            admin.execute("SET synchronous_commit = off")
            about = {"t": tenant_id, "groups": groups, "members": groups * MEMBERS}
            for statement in FILL:
                admin.execute(statement, about)
            admin.execute(
                "INSERT INTO organisation (tenant_id, id, name) VALUES (%(t)s, %(t)s, 'Union')",
                about,
            )
            opened = _named(admin, builder.keys, tenant_id)
            admin.execute("VACUUM (ANALYZE)")
        database = Database(world.settings.database_url)
        client = create_console(world.settings, database, builder.keys).test_client()
        sign_in(client, database, builder.keys, tenant_id)
        found = []
        for name, path in _pages(groups, opened).items():
            took_ms = [asked(client, path) for _ in range(WARM + ASKED)][WARM:]
            p50, p95 = (percentile(took_ms, share) for share in (0.5, 0.95))
            found.append((name, f"{p50:.0f}", f"{p95:.0f}"))
        database.close()
    say(f"{groups:,} groups of {MEMBERS}; each page asked for {ASKED} times\n")
    say(table(("page", "P50 ms", "P95 ms"), found))


def _named(
    admin: "psycopg.Connection[tuple[object, ...]]", keys: Keyring, tenant_id: uuid.UUID
) -> uuid.UUID:
    """Give the members of one group their names: that group is opened."""
    people = admin.execute(
        "SELECT md5('s' || n)::uuid FROM generate_series(1, %s) n", (MEMBERS,)
    ).fetchall()
    for number, (person,) in enumerate(people):
        assert isinstance(person, uuid.UUID)
        admin.execute(
            "INSERT INTO subscriber (tenant_id, id, name_sealed, language)"
            " VALUES (%s, %s, %s, 'rw')",
            (tenant_id, person, keys.seal(f"Member {number}", person.bytes)),
        )
    row = admin.execute("SELECT md5('g1')::uuid").fetchone()
    assert row is not None
    assert isinstance(row[0], uuid.UUID)
    return row[0]


@click.command()
@click.option("--groups", default=GROUPS, show_default=True)
def main(groups: int) -> None:
    """Measure a union's pages over many groups, on servers of the bench's own."""
    measure(click.echo, groups)


if __name__ == "__main__":
    main()
