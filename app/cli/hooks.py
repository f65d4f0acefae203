"""`piga hooks`: the webhook addresses to type into each provider's dashboard."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

import click

from app.local.running import running
from app.operations.servers import opened
from app.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A list of objects.")
def hooks(as_json: bool) -> None:
    """List the webhook address of every kind of callback of every service.

    An address is a secret itself: anybody who knows it can speak for the provider. Its first
    part is PIGA_PUBLIC_URL, or where the `piga run` of this PIGA_HOME listens, or HOST and PORT.
    `piga tenant rotate-hooks` makes new ones. Where a provider fills in what it has to say, its
    placeholders stand behind the address: copy it whole.
    """
    from app.webhooks.addresses import list_hooks

    settings, whose = _of_the_running_one(Settings.load())
    with opened(settings) as core:
        listed = list_hooks(core)
    if as_json:
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    if not listed:
        click.echo("No tenant has a service yet: see `piga tenant apply`.")
    for hook in listed:
        click.echo(f"{hook['tenant']}  {hook['service']}  {hook['provider']} {hook['kind']}")
        click.echo(f"    {hook['url']}")
    click.echo(whose)


def _of_the_running_one(settings: Settings) -> tuple[Settings, str]:
    """The settings with the address of the instance that the hooks lead to, and a line on it."""
    if settings.public_url:
        return settings, f"They lead to {settings.public_url}, which PIGA_PUBLIC_URL names."
    try:
        ours = running(settings)
    except PermissionError:  # another user's
        ours = None
    if ours is not None and settings.port in (Settings.port, urlsplit(ours.url).port):
        line = f"They lead to the Piga that runs at {ours.url}."
        return replace(settings, public_url=ours.url), line
    return settings, f"They lead to {settings.url}, where no Piga of this PIGA_HOME runs now."
