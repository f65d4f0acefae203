"""`piga audit`: whether the audit trail is whole."""

import sys

import click

from app.cli.groups import Group
from app.operations.servers import opened
from app.settings import Settings


@click.group(cls=Group)
def audit() -> None:
    """The trail of who did what, chained so that nobody changes it unseen."""


@audit.command()
def verify() -> None:
    """Look at every tenant's chain: whether a row was changed, taken out or put in, and which.

    Reads only. The exit code is 0 only when all chains are whole.
    """
    from core.audit import chain
    from core.db.database import Database

    with opened(Settings.load()) as core:
        database = Database(core.settings.require("verify_url"))
        try:
            count, faults = chain.verify(database, core.keys.audit_seal)
        finally:
            database.close()
    for fault in faults:
        click.echo(f"{fault.kind:8}  tenant {fault.tenant_id}  {fault.sentence}")
    click.echo(f"{'Broken' if faults else 'Whole'}: {count} rows.")
    sys.exit(1 if faults else 0)
