"""`piga email`: by which server a tenant sends e-mail, what was sent, and what came back."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.groups import Group
from app.errors import OperatorError
from app.operations.servers import opened
from app.operations.tenants import operator, tenant_id_of
from app.settings import Settings


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    from core.email.errors import EmailError

    try:
        yield
    except EmailError as refused:
        raise OperatorError(str(refused)) from None


@click.group(cls=Group)
def email() -> None:
    """E-mail of a tenant: its server, what was sent, what came back."""


@email.command()
@click.option("--tenant", "slug", required=True)
@click.option("--host", required=True)
@click.option("--port", type=click.IntRange(1, 65535), default=587, show_default=True)
@click.option(
    "--security",
    type=click.Choice(["starttls", "tls", "none"]),
    default="starttls",
    show_default=True,
    help="none is for a server on this machine, without a user.",
)
@click.option("--user", default="", help="As the server knows us; its password is asked for.")
@click.option("--sender", required=True, help="The address that e-mail is from.")
@click.option("--name", default="", help="The name beside it.")
def account(
    slug: str, *, host: str, port: int, security: str, user: str, sender: str, name: str
) -> None:
    """Say by which server the tenant sends e-mail. The password is typed, or read from stdin."""
    from core.email import accounts
    from core.email.accounts import EmailAccount
    from providers.smtp.send import is_here

    if security == "none" and (user or not is_here(host)):
        raise OperatorError("Without encryption only a server on this machine is spoken to.")
    password = click.prompt("Password", hide_input=True, err=True) if user else ""
    with opened(Settings.load()) as core, _plainly():
        tenant_id = tenant_id_of(core, slug)
        kept = EmailAccount(host, port, security, user, password, sender, name)  # type: ignore[arg-type]  # one of the choices
        with core.database.transaction(tenant_id) as tx:
            accounts.keep(tx, core.keys, tenant_id, kept, by=operator())
    click.echo(f"E-mail leaves by {host}:{port}. Try it: piga email test.")


@email.command()
@click.argument("address")
@click.option("--tenant", "slug", required=True)
def test(address: str, slug: str) -> None:
    """Write an e-mail to ADDRESS, which leaves as any other: `piga email list` says how it went."""
    from core.email import emails
    from core.email.emails import Content

    content = Content("Piga: a test", "This e-mail shows that e-mail leaves.\n")
    with opened(Settings.load()) as core, _plainly():
        tenant_id = tenant_id_of(core, slug)
        with core.database.transaction(tenant_id) as tx:
            emails.write(tx, core.keys, kind="test", to=address, content=content)
    click.echo("It is on its way.")


@email.command("list")
@click.option("--tenant", "slug", required=True)
def list_(slug: str) -> None:
    """List what was written, the newest first: of what kind, and what became of it."""
    from core.email import emails

    with opened(Settings.load()) as core, core.database.transaction(tenant_id_of(core, slug)) as tx:
        found = emails.listed(tx)
    for one in found:
        why = f"  {one.reason}" if one.reason else ""
        click.echo(f"{one.created_at:%Y-%m-%d %H:%M:%S} UTC  {one.kind}  {one.state}{why}")
    if not found:
        click.echo("No e-mail was written.")


@email.command()
@click.argument("report", type=click.Path(allow_dash=True, path_type=Path), default="-")
@click.option("--tenant", "slug", required=True)
def bounced(report: Path, slug: str) -> None:
    """Read a mail server's report that an e-mail came back, from a file or stdin.

    A mail server hands what comes to the sender's address to this command. What is no report, or
    is about nothing of ours, changes nothing.
    """
    from core.email import bounces

    with click.open_file(str(report), "rb") as file:
        found = bounces.read(file.read(bounces.REPORT_BYTES_MAXIMUM + 1))
    with opened(Settings.load()) as core, core.database.transaction(tenant_id_of(core, slug)) as tx:
        noted = sum(bounces.note(tx, core.keys, one) for one in found)
    click.echo(f"{noted} came back." if noted else "Nothing of ours came back for ever.")
