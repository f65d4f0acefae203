"""`piga sql`: look at one tenant's tables."""

import subprocess
import sys

import click

from app.operations.servers import opened
from app.settings import Settings


@click.command()
@click.argument("tenant")
@click.option("-c", "--command", help="One statement to run, instead of a prompt.")
@click.option("--csv", is_flag=True, help="Rows as CSV.")
def sql(tenant: str, command: str | None, csv: bool) -> None:
    """Open psql on the rows of TENANT, read only.

    It works as the role that serves phones, so it sees no other tenant and no book can be changed.
    Names and numbers of people are encrypted in these tables.
    """
    from app.operations.psql import environment, program
    from app.operations.tenants import tenant_id_of

    settings = Settings.load()
    with opened(settings) as core:
        tenant_id = tenant_id_of(core, tenant)
        words = [program(settings), "-X", "-v", "ON_ERROR_STOP=1"]
        words += ["--csv"] if csv else []
        words += ["-c", command] if command else []
        done = subprocess.run(  # noqa: S603  # our own psql, the operator's words
            words, env=environment(core.settings.database_url, tenant_id), check=False
        )
    sys.exit(done.returncode)
