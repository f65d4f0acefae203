"""The tables in the code say what the migrations lead to."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import MetaData, Sequence

from core.migrations.compare import differences
from core.migrations.run import upgrade
from core.tables import DOMAINS, metadata
from core.tenants.tables import config_version
from tests.core.migrations.lostcard import tables as lostcard
from tests.support.servers import DatabaseUrls

CORE = Path(__file__).parents[3] / "core"


def test_the_tables_are_what_the_migrations_lead_to(database: DatabaseUrls) -> None:
    assert differences(database.owner_url, metadata) == []
    assert len(metadata.tables) > 60


def test_every_domains_tables_are_put_together() -> None:
    """A `tables.py` that nobody imports would be compared with nothing."""
    files = {path.parent.name for path in CORE.glob("*/tables.py")} - {"db", "migrations"}
    assert {domain.__name__.split(".")[1] for domain in DOMAINS} == files


def test_nothing_stays_of_the_comparison(database: DatabaseUrls) -> None:
    differences(database.owner_url, metadata)
    with psycopg.connect(database.owner_url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_namespace WHERE nspname = 'piga_compare'"
        ).fetchone()
    assert found == (0,)


@pytest.mark.long
@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        ("CREATE TABLE more (id int)", ["column more.id", "table more"]),
        ("ALTER TABLE turn ADD more int", ["column turn.more"]),
        ("ALTER TABLE audit DROP actor", ["column audit.actor", "index audit_actor of audit"]),
        ("ALTER TABLE audit ALTER actor DROP NOT NULL", ["column audit.actor"]),
        ("ALTER TABLE audit ALTER detail DROP DEFAULT", ["column audit.detail"]),
        ("ALTER TABLE account ALTER frozen SET DEFAULT true", ["column account.frozen"]),
        ("ALTER TABLE audit ALTER actor TYPE varchar(9)", ["column audit.actor"]),
        ('ALTER TABLE audit ALTER actor TYPE text COLLATE "C"', ["column audit.actor"]),
        ("ALTER TABLE hold DROP CONSTRAINT hold_check", ["constraint hold_check of hold"]),
        (
            "ALTER TABLE intent DROP CONSTRAINT intent_fee_minor_check,"
            " ADD CONSTRAINT intent_fee_minor_check CHECK (fee_minor > 0)",
            ["constraint intent_fee_minor_check of intent"],
        ),
        (
            "ALTER TABLE agent DROP CONSTRAINT agent_tenant_id_parent_id_fkey",
            ["constraint agent_tenant_id_parent_id_fkey of agent"],
        ),
        (
            "ALTER TABLE agent DROP CONSTRAINT agent_tenant_id_code_key",
            [
                "constraint agent_tenant_id_code_key of agent",
                "index agent_tenant_id_code_key of agent",
            ],
        ),
        ("DROP INDEX hold_pending", ["index hold_pending of hold"]),
        (
            "DROP INDEX hold_pending; CREATE INDEX hold_pending ON hold (expires_at)",
            ["index hold_pending of hold"],
        ),
        ("ALTER TABLE account SET (fillfactor = 90)", ["table account"]),
        ("CREATE SEQUENCE numbers", ["sequence numbers"]),
    ],
)
def test_what_the_code_does_not_say_is_found(
    database: DatabaseUrls, planted: str, expected: list[str]
) -> None:
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(planted.encode())
    found = differences(database.owner_url, metadata)
    assert [one.split(":")[0] for one in found] == expected


def test_a_domains_own_table_is_compared_with_the_rest(database: DatabaseUrls) -> None:
    upgrade(database.owner_url, branches=[Path(lostcard.__file__).parent / "migrations"])
    assert {one.split(" ")[0] for one in differences(database.owner_url, metadata)} == {
        "column",
        "constraint",
        "index",
        "table",
    }
    both = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(both)
    Sequence(config_version.name, metadata=both)
    lostcard.add_to(both)
    assert differences(database.owner_url, both) == []
