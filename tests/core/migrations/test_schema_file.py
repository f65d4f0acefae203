"""core/migrations/schema.sql is what the migrations lead to."""

import psycopg
import pytest

from tests.core.migrations.schema_file import FILE, schema_of
from tests.support.servers import DatabaseUrls

# pg_dump of another version writes the same schema in other words.


def test_the_file_is_what_the_migrations_lead_to(database: DatabaseUrls) -> None:
    fresh = schema_of(database.admin_url)
    assert FILE.read_text("utf-8") == fresh, "`make schema` writes it anew"


@pytest.mark.parametrize(
    "planted",
    [
        "ALTER TABLE audit ADD more text",
        "GRANT DELETE ON entry TO piga_app",
        "DROP POLICY own_tenant ON hold",
        "ALTER TABLE hold NO FORCE ROW LEVEL SECURITY",
        "ALTER FUNCTION post_entry OWNER TO postgres",
        "ALTER FUNCTION void_hold(uuid) SECURITY INVOKER",
        "CREATE INDEX more ON audit (actor)",
    ],
)
def test_any_change_shows_in_the_file(database: DatabaseUrls, planted: str) -> None:
    with psycopg.connect(database.admin_url) as connection:
        connection.execute(planted.encode())
    assert FILE.read_text("utf-8") != schema_of(database.admin_url)


def test_the_file_makes_the_same_schema(
    database: DatabaseUrls, empty_database: DatabaseUrls
) -> None:
    """It can be read by Postgres, too, and leaves nothing out."""
    with psycopg.connect(empty_database.admin_url) as connection:
        connection.execute("SET check_function_bodies = off")
        connection.execute(FILE.read_text("utf-8").encode())
    assert schema_of(empty_database.admin_url) == FILE.read_text("utf-8")
