"""`piga places`: areas and stops, from files that others keep."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.errors import OperatorError

if TYPE_CHECKING:
    from core.places.reading import Reading


@click.group()
def places() -> None:
    """Areas of a country and stops of a city."""


@places.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "shape",
    type=click.Choice(["gtfs", "csv", "json"]),
    required=True,
    help="A feed's stops.txt or zip; a hierarchy as a table; a hierarchy as JSON.",
)
@click.option("--tenant", "slug", help="Whose places they are.")
@click.option("--levels", help="The levels' names, the widest first: province,district,sector.")
@click.option("--dry-run", is_flag=True, help="Say what would be loaded, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="One object, with all problems.")
def load(
    file: Path, *, shape: str, slug: str | None, levels: str | None, dry_run: bool, as_json: bool
) -> None:
    """Load places from FILE: stops of a city, or the areas of a country by their whole paths.

    read and taken count the rows (in JSON, the narrowest places); areas has how many there are of
    each level. Each problem has its row, the header being 1 (in JSON, the place's number). A row
    with a problem is not taken, unless its `taken` says so. Loading a file again changes names and
    adds what is new; nothing is removed.
    """
    if not dry_run and not slug:
        raise OperatorError("Say whose places they are with --tenant, or try it with --dry-run.")
    reading = _read(file, shape, levels.split(",") if levels else [])
    if not dry_run and slug:
        _keep(slug, reading)
    if as_json:
        click.echo(json.dumps(_data(reading), ensure_ascii=False))
        return
    for problem in reading.problems:
        click.echo(f"row {problem.row}: {problem.text}", err=True)
    kept = "would be taken" if dry_run else "were taken"
    counted = ", ".join(f"{count} {level}" for level, count in reading.by_level.items())
    click.echo(f"{reading.read} rows were read and {reading.taken} {kept}. {counted}".strip())


@places.command()
@click.argument("words")
@click.option("--tenant", "slug", required=True, help="Whose places.")
def find(words: str, slug: str) -> None:
    """Show which places somebody may mean by WORDS, the likeliest first."""
    from app.operations.servers import opened
    from app.operations.tenants import tenant_id_of
    from app.settings import Settings
    from core.places import places as kept

    with opened(Settings.load()) as core, core.database.transaction(tenant_id_of(core, slug)) as tx:
        found = kept.find(kept.of_tenant(tx), words)
    for place in found:
        number = f"{place.number}  " if place.number else ""
        click.echo(f"{number}{' > '.join(place.path)}  ({place.level})")
    if not found:
        click.echo("No place is called so.")


def _read(file: Path, shape: str, levels: list[str]) -> "Reading":
    from core.places import areas, gtfs
    from core.places.reading import PlacesFileError
    from core.spreadsheets.errors import SpreadsheetError

    try:
        data = file.read_bytes()
        if shape == "gtfs":
            return gtfs.read_gtfs(data)
        read = areas.read_csv if shape == "csv" else areas.read_json
        return read(data, levels)
    except (PlacesFileError, SpreadsheetError) as error:
        raise OperatorError(str(error)) from None
    except OSError:
        raise OperatorError(f"{file} cannot be read.") from None


def _keep(slug: str, reading: "Reading") -> None:
    from app.operations.servers import opened
    from app.operations.tenants import tenant_id_of
    from app.settings import Settings
    from core.places import places as kept

    with opened(Settings.load()) as core, core.database.transaction(tenant_id_of(core, slug)) as tx:
        kept.keep(tx, reading)


def _data(reading: "Reading") -> dict[str, object]:
    return {
        "read": reading.read,
        "taken": reading.taken,
        "areas": reading.by_level,
        "stops": len(reading.stops),
        "problems": [
            {"row": one.row, "code": one.code, "text": one.text, "taken": one.taken}
            for one in reading.problems
        ],
    }
