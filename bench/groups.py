"""`python -m bench.groups`: a union of 28,000 groups of 25, 700,000 members.

Its folder is applied, and applied again with nothing to change; its pages are asked for (lists,
searches, a group, the figures), as in `bench.lists` without a network; and statements of members'
savings are drawn as PDF. The page of a group opens the names of its members.
"""

import hashlib
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click
import psycopg

from app import domains
from app.console.application import create_console
from app.operations.tenant_folder import read_folder, rules
from bench.figures import percentile, table
from bench.lists import ID, WARM, asked, sign_in
from bench.servers import own_servers
from bench.world import FOLDER, Builder
from core.db.database import Database, Deadline
from core.manifest.apply import apply
from core.security.keyring import Keyring
from workers.documents import of_account

GROUPS: Final = 28_000
MEMBERS: Final = 25
ASKED: Final = 40
STATEMENT_DEADLINE_S: Final = 60.0
# Each member saved twice; those of the first group, whose statements are drawn, fifty times more.
LINES_EACH: Final = 2
LINES_MORE: Final = 50
WHOSE: Final = (
    "md5('a' || CASE WHEN n > %(usual)s THEN (n - 1) %% 25 + 1"
    " ELSE (n - 1) %% %(members)s + 1 END)::uuid"
)
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
    f"INSERT INTO entry (tenant_id, id, kind, reference, key, inputs_hash) SELECT %(t)s, {ID},"
    " 'contribution', n::text, 'bench:' || n, '' FROM generate_series(1, %(lines)s) n",
    "INSERT INTO posting (tenant_id, entry_id, ordinal, account_id, amount_minor, currency)"
    f" SELECT %(t)s, {ID}, 1, {WHOSE}, 500, 'RWF' FROM generate_series(1, %(lines)s) n",
    "INSERT INTO posting (tenant_id, entry_id, ordinal, account_id, amount_minor, currency)"
    f" SELECT %(t)s, {ID}, 2, %(t)s, -500, 'RWF' FROM generate_series(1, %(lines)s) n",
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
            members = groups * MEMBERS
            about = {
                **{"t": tenant_id, "groups": groups, "members": members},
                **{"usual": members * LINES_EACH, "now_ms": int(time.time() * 1_000)},
                "lines": members * LINES_EACH + MEMBERS * LINES_MORE,
            }
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
        took_ms = [*_statements(database, builder.keys, tenant_id)]
        p50, p95 = (percentile(took_ms, share) for share in (0.5, 0.95))
        found.append(("a statement as PDF", f"{p50:.0f}", f"{p95:.0f}"))
        database.close()
        applied = _applied(builder, groups)
    say(f"{groups:,} groups of {MEMBERS}; each page asked for {ASKED} times\n")
    say(table(("page", "P50 ms", "P95 ms"), found))
    say("")
    say(table(("its folder", "seconds"), applied))


def _statements(database: Database, keys: Keyring, tenant_id: uuid.UUID) -> Iterator[float]:
    """How long the statement of each member of the first group takes, in milliseconds."""
    flows = domains.load().flows
    accounts = [uuid.UUID(hashlib.md5(f"a{n}".encode()).hexdigest()) for n in range(1, MEMBERS + 1)]
    for number, account in enumerate([*accounts[:WARM], *accounts]):
        began = time.perf_counter()
        with database.transaction(tenant_id, Deadline(STATEMENT_DEADLINE_S)) as tx:
            made = of_account.pdf(tx, keys, flows, account, first=None, last=None, by="bench")
        assert made is not None, "the account is there"
        if number >= WARM:
            yield (time.perf_counter() - began) * 1_000


def _applied(builder: Builder, groups: int) -> list[tuple[str, str]]:
    """How long a folder of so many groups takes to be read, applied, and applied again."""
    world = builder.build("applied", tenants=1, subscribers=100, callers=10)
    database, found = Database(world.settings.database_url), []
    with tempfile.TemporaryDirectory(prefix="piga-bench-") as kept:
        folder = Path(kept) / FOLDER.name
        shutil.copytree(FOLDER, folder)
        with (folder / "groups.yaml").open("a", encoding="utf-8") as file:
            file.writelines(
                f"  - {{code: V{_base_36(n):0>3}, name: Twisungane {n}, organisation: umurenge}}\n"
                for n in range(groups)
            )
        began = time.perf_counter()
        manifest = read_folder(folder, demo=True)
        found.append(("read", f"{time.perf_counter() - began:.1f}"))
    for name in ("applied", "applied again"):
        began = time.perf_counter()
        apply(database, builder.keys, manifest, rules(demo=True))
        found.append((name, f"{time.perf_counter() - began:.1f}"))
    database.close()
    return found


def _base_36(number: int) -> str:
    """For codes that are as short as people type them."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
    return digits


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
