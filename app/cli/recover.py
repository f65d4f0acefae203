"""`piga recover`: from restored books to money that goes out again."""

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.servers import Core, opened
from app.operations.tenants import operator
from app.settings import Settings

if TYPE_CHECKING:
    from app.backup.recovery import Restored

_reason = click.option("--reason", required=True, help="Kept in the audit trail.")


@click.group(cls=Group)
def recover() -> None:
    """After a restore: hold each wallet's statement against the books; then money goes out again.

    What was paid out after the restored moment is in no book any more, and would be paid again.
    """


@recover.command()
def begin() -> None:
    """Pause payments for everybody, after you restored a Postgres of your own. `piga restore` does
    so by itself."""
    from app.backup import recovery
    from values import clock

    with opened(Settings.load()) as core:
        point = recovery.begin(core, operator(), fallback=clock.now())
    click.echo(f"Payments are paused. The books are those of {point.astimezone(UTC):%F %T} UTC.")


@recover.command()
def status() -> None:
    """List the wallets whose statements were checked since the restore, and those that were not."""
    from app.backup import recovery

    with opened(Settings.load()) as core:
        restored = recovery.last(core)
        if restored is None:
            click.echo("No restore waits.")
            return
        click.echo(f"Restored to {restored.point.astimezone(UTC):%F %T} UTC; payments are paused.")
        for one in recovery.wallets(core, restored):
            click.echo(f"{'checked' if one.is_checked else 'waits  '}  {one.slug}  {one.code}")


@recover.command()
@click.argument("statement", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--tenant", "slug", required=True)
@click.option("--wallet", metavar="CODE", required=True)
@click.option("--column", "columns", metavar="OURS=THEIRS", multiple=True, help="txid=Receipt No")
@click.option("--explained", multiple=True, metavar="TXID", help="Booked, or none of ours.")
def check(
    statement: Path, slug: str, wallet: str, columns: tuple[str, ...], explained: tuple[str, ...]
) -> None:
    """Hold the provider's STATEMENT (CSV, until now) against the books of a wallet.

    Money that left since the restored moment, and that no book knows, is listed: book each by two
    officers (`piga ledger post`), and name it with --explained. When none is left the wallet is
    checked. The exit code is 0 only then.
    """
    from app.backup import recovery
    from app.cli.reconcile import columns_of
    from values.currencies import written

    with opened(Settings.load()) as core:
        restored = _restored(core)
        found = [
            one
            for one in recovery.wallets(core, restored)
            if (one.slug, one.code) == (slug, wallet)
        ]
        if not found:
            raise OperatorError(f"{slug} has no wallet {wallet}.")
        try:
            with statement.open(encoding="utf-8-sig") as lines:
                left = recovery.check(
                    *(core, restored, found[0], lines),
                    columns=columns_of(columns),
                    explained=explained,
                    actor=operator(),
                )
        except OSError as error:
            raise OperatorError(f"{statement} cannot be read: {error.strerror}.") from None
    for one in left:
        click.echo(f"{one.txid}  {written(-one.amount_minor, one.currency)}  {one.reference}")
    if left:
        raise OperatorError(f"{len(left)} payments out are in no book.")
    click.echo(f"{slug} {wallet}: checked.")


@recover.command("go-on")
@_reason
def go_on(reason: str) -> None:
    """Let money go out again, once every wallet is checked."""
    from app.backup import recovery

    with opened(Settings.load()) as core:
        recovery.go_on(core, _restored(core), operator(), reason)
    click.echo("Payments go on.")


def _restored(core: Core) -> "Restored":
    from app.backup import recovery

    restored = recovery.last(core)
    if restored is None:
        raise OperatorError("No restore waits.")
    return restored
