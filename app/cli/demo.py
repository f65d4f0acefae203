"""`piga demo`: the people one can be, and beginning again."""

import json

import click

from app.cli.groups import Group
from app.settings import Settings


@click.group(cls=Group)
def demo() -> None:
    """Demo businesses and their people."""


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="A list of objects.")
def people(as_json: bool) -> None:
    """List whom one can be: number, name and PIN. A number not listed is a stranger's.

    Two people with one number share a phone. PINs are those they began with. Who has none yet
    registers at their first dial; with the code or the birth year that stands here, where staff
    entered their money.
    """
    settings = Settings.load()
    if not settings.demo:
        raise click.ClickException("Demo people exist in a demo only (PIGA_DEMO=1).")
    from app.demo.people import people as listed

    found = listed(settings)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    service = ""
    for person in found:
        if person["service"] != service:
            service = person["service"]
            click.echo(f"\n{person['tenant']}  {service}")
        pin = person["pin"] or "-"
        about = f"{person['role']:<12} {person['language']}  PIN {pin:<5}"
        special = f" ({', '.join(person['special'])})" if person["special"] else ""
        click.echo(f"  {person['msisdn']:<14} {about} {person['name']}{special}")


@demo.command()
@click.option("--yes", is_flag=True, help="Also in a database that is not the embedded one.")
def reset(yes: bool) -> None:
    """Remove the demo businesses, with everything that was done in them, and make them again.

    Their conversations and the texts on their handsets go, too. Other tenants are not touched.
    """
    settings = Settings.load()
    if settings.demo and settings.database_url and not yes:
        raise click.ClickException(
            "DATABASE_URL is not the embedded database: add --yes if its demo data may go."
        )
    from app.demo.reset import reset as begin_anew

    left = begin_anew(settings)
    click.echo("The demo begins again.")
    for sentence in left:
        click.echo(sentence, err=True)
