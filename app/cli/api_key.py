"""`piga api-key`: the keys of a tenant's programs."""

import contextlib
import re
from collections.abc import Iterator

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.servers import opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings

_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
_ONCE = "Give it to the program, and to nobody else. It is shown this once."


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    from core.clients.errors import ClientError

    try:
        yield
    except ClientError as refused:
        raise OperatorError(str(refused)) from None


@click.group("api-key", cls=Group)
def api_key() -> None:
    """Keys of programs that use the API of a tenant."""


@api_key.command()
@click.argument("name")
@click.option("--tenant", "slug", required=True)
@click.option("--scope", "scopes", multiple=True, required=True, help="Such as people:read.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 730))
@click.option(
    "--codes-an-hour",
    type=click.IntRange(0, 100_000),
    help="For how many codes to sign in by it may ask; 600 where it is not said.",
)
def issue(
    name: str, *, slug: str, scopes: tuple[str, ...], days: int, codes_an_hour: int | None
) -> None:
    """Issue a key to a program called NAME."""
    from app.api.application import load_scopes
    from app.domains import load
    from core.clients import keys

    if not _NAME.fullmatch(name):
        raise OperatorError("A name has small letters, digits and -, a letter first.")
    known = load_scopes(load())
    wrong = [scope for scope in scopes if scope not in known]
    if wrong:
        raise OperatorError(f"There is no scope {wrong[0]}. There are: {', '.join(known)}.")
    with opened(Settings.load()) as core, _plainly():
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            key = keys.issue(
                *(tx, core.keys, tenant_id, name, scopes),
                by=operator(),
                valid_days=days,
                codes_an_hour=codes_an_hour,
            )
    click.echo(key)
    click.echo(_ONCE, err=True)


@api_key.command("list")
@click.option("--tenant", "slug", required=True)
def list_(slug: str) -> None:
    """List the valid keys: names, scopes, until when, and when each was used last."""
    from core.clients import keys

    with opened(Settings.load()) as core, core.database.transaction(tenant_id_of(core, slug)) as tx:
        found = keys.listed(tx)
    for one in found:
        used = f"used {one.used_at:%Y-%m-%d}" if one.used_at else "never used"
        scopes = " ".join(one.scopes)
        click.echo(f"{one.name}  {scopes}  until {one.expires_at:%Y-%m-%d}  {used}")
    if not found:
        click.echo("There is no key.")


@api_key.command()
@click.argument("name")
@click.option("--tenant", "slug", required=True)
@click.option(
    "--overlap-days",
    default=7,
    show_default=True,
    type=click.IntRange(0, 90),
    help="How long the keys before it open as well.",
)
def rotate(name: str, *, slug: str, overlap_days: int) -> None:
    """Issue the next key of NAME, with the same scopes."""
    from core.clients import keys

    with opened(Settings.load()) as core, _plainly():
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            key = keys.rotate(
                *(tx, core.keys, tenant_id, name), by=operator(), overlap_days=overlap_days
            )
    click.echo(key)
    click.echo(_ONCE, err=True)


@api_key.command()
@click.argument("name")
@click.option("--tenant", "slug", required=True)
def revoke(name: str, *, slug: str) -> None:
    """Make all keys of NAME void, at once."""
    from core.clients import keys

    with (
        opened(Settings.load()) as core,
        _plainly(),
        core.database.transaction(tenant_id_of(core, slug)) as tx,
    ):
        keys.revoke(tx, name, by=operator())
    click.echo("Its keys open nothing any more.")
