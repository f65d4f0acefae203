"""What the migrations lead to, in one file: `make schema` writes core/migrations/schema.sql."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from app.local import postgres
from app.local.embedded import ensure
from app.settings import Settings
from core.migrations.branches import HERE
from core.migrations.run import upgrade

FILE = HERE / "schema.sql"
HEAD = """\
-- What the core's migrations lead to, as pg_dump of the embedded Postgres writes it; of the
-- partitions, those for the rest only. Made by `make schema`, and compared by a test. The reasons
-- stand beside the statements in sql/.
"""


def schema_of(url: str) -> str:
    """The schema of a migrated database, in the file's form. `url` is its superuser's."""
    command = [str(postgres.packaged_binaries() / "pg_dump"), "--schema-only", "--dbname", url]
    # The partition of a month is there or not, as the month in which this is run has it.
    command += ["--exclude-table=*_20[0-9][0-9][0-9][0-9]"]
    command += ["--exclude-table=alembic_version", "--schema=public"]
    dumped = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}
    ).stdout
    # Headings, the settings of the session, what marks the dump for psql, and the schema itself,
    # which every database has.
    left_out = (
        r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\.*|(CREATE|ALTER|COMMENT ON) SCHEMA .*)\n"
    )
    kept = re.sub(left_out, "", dumped, flags=re.M)
    return HEAD + "\n" + re.sub(r"\n{3,}", "\n\n", kept).strip() + "\n"


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as home,
        ensure(Settings(home=Path(home), postgres_options=(("fsync", "off"),))) as running,
    ):
        by = {
            role: running.database_url.replace("piga_app@", f"{role}@")
            for role in (postgres.OWNER, postgres.SUPERUSER)
        }
        upgrade(by[postgres.OWNER])
        FILE.write_text(schema_of(by[postgres.SUPERUSER]), encoding="utf-8")
    print(f"{FILE.name} is fresh.")


if __name__ == "__main__":
    main()
