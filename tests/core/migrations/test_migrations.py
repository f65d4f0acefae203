"""The schema goes up and down on real data, by its owner alone, one migration at a time."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from core.db.database import Database as Core
from core.messaging.messages import written_at
from core.migrations import run
from core.migrations.run import downgrade, upgrade
from core.money.errors import IdempotencyConflict
from core.security.errors import SecretMismatch
from core.security.installation import NotSetUp, require_key, set_key
from core.security.keyring import Keyring
from tests.support.domains import verify
from tests.support.history import (
    ERAS,
    LAST_MONTH,
    LAST_YEAR,
    NEIGHBOUR,
    NOW,
    PLAN,
    WAITING,
    approve,
    at_home,
    cash_in,
    guess,
    hold,
    key_of,
    live,
    make_partitions_of,
    pay,
)
from tests.support.phone import phone_of
from tests.support.servers import Database
from tests.support.snapshot import Content, content, differences, schema
from tests.support.world import KEYS

VERSIONS = Path(run.__file__).parent / "versions"
REVISIONS = sorted(path.name[1:5] for path in VERSIONS.glob("r[0-9]*.py"))

_OURS = """
    SELECT 'table ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p', 'S', 'v') AND relname NOT LIKE 'alembic_version%'
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        AND typname NOT LIKE '%alembic_version'
    ORDER BY 1
"""


def ours(database: Database) -> list[str]:
    with psycopg.connect(database.admin_url) as connection:
        return [name for (name,) in connection.execute(_OURS)]


def test_up_fill_down_up_fill(empty_database: Database, redis_url: str) -> None:
    upgrade(empty_database.owner_url)
    first = ours(empty_database)
    live(empty_database, redis_url)
    assert verify(empty_database.verify_url).entries > 30
    downgrade(empty_database.owner_url, "base")
    assert ours(empty_database) == []
    upgrade(empty_database.owner_url)
    assert ours(empty_database) == first
    assert verify(empty_database.verify_url).entries == 0
    live(empty_database, redis_url)
    assert verify(empty_database.verify_url).ok


@pytest.fixture
def lived(database: Database, redis_url: str) -> Database:
    live(database, redis_url)
    return database


def test_a_database_that_was_lived_in_leaves_nothing_out(lived: Database) -> None:
    """Or the tests below would not notice what becomes of it."""
    found = content(lived)
    assert [table for table, rows in found.items() if not rows] == []
    states = {
        "message": {"queued", "sending", "unknown", "accepted", "failed", "delivered"},
        "outbox": {"waiting", "working", "done", "dead"},
        "hold": {"pending", "posted", "voided"},
        "intent": {"open", "pending", "done", "void"},
        "approval": {"pending", "approved", "refused", "expired"},
    }
    for table, expected in states.items():
        assert {row["state"] for row in found[table]} == expected
    blank = {
        f"{table}.{column}"
        for table, rows in found.items()
        for column in rows[0]
        if not any(row[column] for row in rows)
    }
    assert blank == set()
    for table in ("posting", "turn", "message"):
        assert partitions(lived, table) == {"rest", *map(month, (LAST_YEAR, LAST_MONTH, NOW))}


# What a revision has no place for, or has in another one than the revision after it.
ELSEWHERE = {
    # To which session an end was told: it is asked for within minutes, or never.
    "0006": {"approval.ended_session": "gone"},
    # How often in a row a PIN was locked: counted anew, and the lock of the moment stays.
    "0005": {"subscriber.pin_locks": "gone"},
    # The hash of an entry's inputs lies beside its key in a table of its own, whose `created_at` is
    # the entry's own time: see `keys`.
    "0004": {"idempotency": "new", "entry.inputs_hash": "gone"},
}
KEYS_APART = "0004"
SEEN_FROM_BELOW = {"new": "gone", "gone": "new"}


def elsewhere(revision: str) -> dict[str, str]:
    """How head's content differs from that revision's."""
    steps = [named for step, named in ELSEWHERE.items() if revision <= step < REVISIONS[-1]]
    return {name: how for named in steps for name, how in named.items()}


def from_below(named: dict[str, str]) -> dict[str, str]:
    return {name: SEEN_FROM_BELOW[how] for name, how in named.items()}


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_the_way_down_and_up_again_keeps_every_row(
    lived: Database, redis_url: str, revision: str
) -> None:
    at_head, head, names = content(lived), schema(lived), ours(lived)
    downgrade(lived.owner_url, revision)
    below = content(lived)
    assert differences(at_head, below) == elsewhere(revision)
    assert keys(below) == keys(at_head)
    assert verify(lived.verify_url).ok
    # The functions of that revision go on with the same books.
    core = Core(lived.database_url)
    assert cash_in(core, revision).was_new
    hold(core, ended=True)
    old_keys_are_known(core)
    core.close()
    assert verify(lived.verify_url).ok
    below = content(lived)
    assert len(below["entry"]) == len(at_head["entry"]) + 1

    upgrade(lived.owner_url)
    again = content(lived)
    assert differences(below, again) == from_below(elsewhere(revision))
    assert keys(again) == keys(below)
    assert schema(lived) ^ head == set()
    assert ours(lived) == names
    assert verify(lived.verify_url).ok
    upgrade(lived.owner_url)  # a release without a new revision
    assert differences(again, content(lived)) == {}
    life_goes_on(lived, redis_url)


def keys(found: Content) -> dict[tuple[str, str], tuple[str, str]]:
    """What each key belongs to: the hash of the inputs, and the entry."""
    if "idempotency" not in found:
        rows = [{**row, "entry_id": row["id"]} for row in found["entry"]]
    else:
        rows = found["idempotency"]
    return {(row["tenant_id"], row["key"]): (row["inputs_hash"], row["entry_id"]) for row in rows}


def old_keys_are_known(core: Core) -> None:
    """With the same inputs they answer the entry of then, with others they are refused."""
    for era in ERAS:
        for plan in (PLAN, NEIGHBOUR):
            posted = cash_in(core, key_of(era), plan=plan)
            assert (posted.was_new, month(written_at(posted.entry_id))) == (False, month(era))
            with pytest.raises(IdempotencyConflict):
                cash_in(core, key_of(era), amount=1, plan=plan)


def life_goes_on(urls: Database, redis_url: str) -> None:
    with at_home(urls, redis_url) as house:
        before = house.entries("contribution"), house.entries("topup")
        pay(house, "ndayisaba", 640)  # who was let go
        approve(house, "mukamana")
        after = house.entries("contribution"), house.entries("topup")
        assert after == (before[0] + 1, before[1] + 1)
        waited = house.one("SELECT state, amount_minor FROM approval ORDER BY id DESC LIMIT 1")
        assert waited == ("approved", WAITING)
        guess(house, "juma", "9999")
        tried = "SELECT pin_attempts FROM subscriber WHERE id = %s"
        assert house.number(tried, house.id("juma")) == 2
        assert phone_of(house, "habimana").dial().ends  # frozen
        old_keys_are_known(house.database)


def test_entries_in_old_months_and_keys_long_forgotten_come_along(
    lived: Database, redis_url: str
) -> None:
    """As a database is that did not come down to 0004, but was lived in with it."""
    downgrade(lived.owner_url, KEYS_APART)
    assert partitions(lived, "entry") == {"rest", month(NOW)}
    for row in content(lived)["idempotency"]:
        written = written_at(uuid.UUID(row["entry_id"]))
        assert abs(datetime.fromisoformat(row["created_at"]) - written) < timedelta(seconds=1)
    entries_lie_in_their_months(lived)
    assert partitions(lived, "entry") == {"rest", *map(month, (LAST_YEAR, LAST_MONTH, NOW))}
    forgotten = forget_keys(lived)
    assert len(forgotten) == 3  # a payment and two sales
    below = content(lived)
    assert not forgotten & keys(below).keys()

    upgrade(lived.owner_url)
    again = content(lived)
    assert differences(below, again) == from_below(elsewhere(KEYS_APART))
    assert {key for key, (hashed, _) in keys(again).items() if hashed == NO_HASH} == forgotten
    assert keys(below).items() <= keys(again).items()
    forgotten_keys_are_refused(lived, forgotten)
    life_goes_on(lived, redis_url)

    # Where no hash is known none is, on the way back as well.
    later = keys(content(lived))
    downgrade(lived.owner_url, KEYS_APART)
    assert keys(content(lived)) == later
    forgotten_keys_are_refused(lived, forgotten)
    upgrade(lived.owner_url)
    assert keys(content(lived)) == later
    assert verify(lived.verify_url).ok


NO_HASH = "\\x"


def entries_lie_in_their_months(urls: Database) -> None:
    with psycopg.connect(urls.admin_url) as connection:
        connection.execute("CREATE TABLE aside AS TABLE entry")
        connection.execute("DELETE FROM entry")
    for era in (LAST_YEAR, LAST_MONTH):
        make_partitions_of(urls, era)
    with psycopg.connect(urls.admin_url) as connection:
        connection.execute("INSERT INTO entry TABLE aside")
        connection.execute("DROP TABLE aside")


def forget_keys(urls: Database) -> set[tuple[str, str]]:
    """As the schedule did until 0004: those of intents, after 400 days."""
    with psycopg.connect(urls.relay_url) as connection:
        rows = connection.execute(
            "DELETE FROM idempotency WHERE starts_with(key, 'intent:')"
            " AND created_at < now() - interval '400 days' RETURNING tenant_id::text, key"
        )
        return {(tenant, key) for tenant, key in rows}


def forgotten_keys_are_refused(urls: Database, forgotten: set[tuple[str, str]]) -> None:
    core = Core(urls.database_url)
    for _, key in forgotten:
        with pytest.raises(IdempotencyConflict):
            cash_in(core, key)
    core.close()


def partitions(urls: Database, table: str) -> set[str]:
    """The ends of the names of those that have rows."""
    with psycopg.connect(urls.admin_url) as connection:
        rows = connection.execute(f"SELECT DISTINCT tableoid::regclass::text FROM {table}")
        return {name.removeprefix(f"{table}_") for (name,) in rows}


def month(era: datetime) -> str:
    return f"{era:%Y%m}"


def test_a_step_that_fails_leaves_everything_as_it_was(lived: Database) -> None:
    downgrade(lived.owner_url, KEYS_APART)
    with psycopg.connect(lived.admin_url) as connection:
        connection.execute(
            "INSERT INTO entry SELECT tenant_id, gen_random_uuid(), 'odd', reference, key,"
            " actor_id, detail FROM entry LIMIT 1"
        )
    below, tables = content(lived), schema(lived)
    with pytest.raises(psycopg.errors.UniqueViolation):
        upgrade(lived.owner_url)
    assert differences(below, content(lived)) == {}
    assert schema(lived) ^ tables == set()
    with psycopg.connect(lived.admin_url) as connection:
        connection.execute("DELETE FROM entry WHERE kind = 'odd'")
    upgrade(lived.owner_url)
    assert verify(lived.verify_url).ok


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_revision_is_the_same_from_above_as_from_below(
    database: Database, empty_database: Database, revision: str
) -> None:
    """Tables, rights, policies and functions: who goes back finds what their release left."""
    downgrade(database.owner_url, revision)
    upgrade(empty_database.owner_url, revision)
    assert schema(database) ^ schema(empty_database) == set()


def test_two_deploys_may_start_together(empty_database: Database) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [empty_database.owner_url] * 3))
    with psycopg.connect(empty_database.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
    assert found == (1,)


def test_months_ahead_have_partitions_and_the_rest_has_a_place(database: Database) -> None:
    with psycopg.connect(database.relay_url, autocommit=True) as connection:
        assert connection.execute("SELECT make_partitions(3)").fetchone() == (0,)
        assert connection.execute("SELECT make_partitions(5)").fetchone() == (6,)
    with psycopg.connect(database.admin_url) as connection:
        rows = connection.execute(
            "SELECT parent.relname, count(*), bool_and(c.relrowsecurity AND c.relforcerowsecurity)"
            " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " JOIN pg_class parent ON parent.oid = i.inhparent"
            " WHERE parent.relkind = 'p' GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert rows == [(name, 7, True) for name in ("message", "posting", "turn")]


def test_new_partitions_are_closed_to_who_names_them(database: Database) -> None:
    with psycopg.connect(database.relay_url, autocommit=True) as connection:
        connection.execute("SELECT make_partitions(4)")
    with psycopg.connect(database.database_url) as connection:
        name = connection.execute(
            "SELECT max(relname) FROM pg_class WHERE relname ~ '^posting_2' AND relkind = 'r'"
        )
        row = name.fetchone()
        assert row is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f'SELECT * FROM "{row[0]}"')


def test_a_database_belongs_to_its_key(database: Database) -> None:
    core = Core(database.database_url)
    with pytest.raises(NotSetUp, match="piga migrate"):
        require_key(core, KEYS)
    set_key(database.owner_url, KEYS)
    set_key(database.owner_url, KEYS)
    require_key(core, KEYS)
    other = Keyring(b"x" * 32)
    with pytest.raises(SecretMismatch, match="not the key"):
        require_key(core, other)
    with pytest.raises(SecretMismatch, match="not the key"):
        set_key(database.owner_url, other)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        set_key(database.database_url, KEYS)
    core.close()


def test_an_empty_database_is_told_from_a_wrong_key(empty_database: Database) -> None:
    core = Core(empty_database.database_url)
    with pytest.raises(NotSetUp, match="piga migrate"):
        require_key(core, KEYS)
    core.close()
