"""`piga ledger`: proof that the books are right."""

import json
import sys

import click

from app.cli.groups import Group
from app.operations.servers import opened
from app.settings import Settings


@click.group(cls=Group)
def ledger() -> None:
    """The books of all tenants."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="One object: ok, checks, tenants, entries.")
def verify(as_json: bool) -> None:
    """Check every invariant of the ledger over all tenants, in one snapshot.

    Reads only, and may run while everything works. The exit code is 0 only when all hold.
    """
    from app import domains
    from core.money.verify import verify as check

    with opened(Settings.load()) as core:
        report = check(core.settings.require("verify_url"), domains.load().checks)
    if as_json:
        click.echo(json.dumps(report.to_data(), indent=2))
    else:
        for found in report.checks:
            mark = "ok  " if found.ok else "FAIL"
            click.echo(f"{mark}  {found.name}: {found.sentence}")
            if not found.ok:
                click.echo(f"      {found.violations} times; for example {found.sample}")
        verdict = "Every invariant holds" if report.ok else "The books are not right"
        click.echo(f"{verdict}: {report.tenants} tenants, {report.entries} entries.")
    sys.exit(0 if report.ok else 1)
