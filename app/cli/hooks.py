"""`piga hooks`: the webhook addresses to type into each provider's dashboard."""

import json

import click

from app.operations.servers import opened
from app.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A list of objects.")
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Add what each provider signs its callbacks with. Demo only.",
)
def hooks(as_json: bool, with_secrets: bool) -> None:
    """List the webhook address of every kind of callback of every service.

    An address is a secret itself: whoever knows it can speak for the provider. Its first part is
    PIGA_PUBLIC_URL, or HOST and PORT. `piga tenant rotate-hooks` makes new ones.
    """
    from app.webhooks.addresses import list_hooks, signing_secret

    settings = Settings.load()
    if with_secrets and not settings.demo:
        raise click.UsageError("Signing secrets are shown in a demo only (PIGA_DEMO=1).")
    with opened(settings) as core:
        listed = list_hooks(core)
    rows = [
        {**hook, "secret": signing_secret(hook["provider"])} if with_secrets else hook
        for hook in listed
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        click.echo("No tenant has a service yet: see `piga tenant apply`.")
    for hook in listed:
        click.echo(f"{hook['tenant']}  {hook['service']}  {hook['provider']} {hook['kind']}")
        click.echo(f"    {hook['url']}")
