"""`piga tenant apply`: comparing, showing, asking, and only then writing."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from app.errors import OperatorError
from app.local.running import running
from app.operations.apply_plan import Comparison, compare
from app.operations.ending_tariffs import warnings_of
from app.operations.servers import Core, opened
from app.operations.tenant_folder import read_folder, rules
from app.settings import Settings
from core.manifest import apply as applying
from core.manifest import mark
from core.manifest.section import Manifest
from core.money.manifest import TARIFFS


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was given."""

    folder: Path
    yes: bool
    adopt: bool
    may_renumber: bool


def check(options: Options) -> None:
    """Read the folder, and compare it with the database where one is configured or running.

    Raises FolderFaults, OperatorError.
    """
    settings = Settings.load()
    manifest = _read(options, settings)
    if settings.database_url or running(settings) is not None:
        with opened(settings) as core:
            found = _compare(core, manifest, options)
        if found.changes:
            _show(found)
            _refuse_a_stranger(found, options)
    click.echo(f"{manifest.slug}: nothing is wrong.")


def apply(options: Options) -> None:
    """Show what would change, ask, and write it. Raises FolderFaults, OperatorError."""
    settings = Settings.load()
    manifest = _read(options, settings)
    with opened(settings) as core:
        found = _compare(core, manifest, options)
        if found.changes:
            _show(found)
            _refuse_a_stranger(found, options)
            _ask(manifest, options)
        try:
            applied = applying.apply(
                *(core.database, core.keys, manifest, rules(demo=settings.demo)),
                may_renumber=options.may_renumber,
                agreed=found.changes,
            )
        except applying.PlanOutdated:
            raise OperatorError(
                "Meanwhile something else was changed: nothing was written. Apply it again."
            ) from None
        if not found.is_ours and (options.adopt or not found.tenant):
            _mark(core, manifest, options.folder)
    if applied.handouts:
        click.echo("Codes for the first use, each to be handed over to its person. Shown once:")
        for key, code in applied.handouts.items():
            click.echo(f"  {key:40} {code[:4]} {code[4:]}")
    changes = ", ".join(f"{count} {what}" for what, count in applied.changes.items())
    click.echo(f"{applied.slug}: {changes or 'nothing to change'}.")


def _read(options: Options, settings: Settings) -> Manifest:
    manifest = read_folder(options.folder, demo=settings.demo)
    for line in warnings_of(manifest.slug, [*manifest.of(TARIFFS)]):
        click.echo(f"Warning: {line}", err=True)
    return manifest


def _compare(core: Core, manifest: Manifest, options: Options) -> Comparison:
    return compare(core, manifest, options.folder, may_renumber=options.may_renumber)


def _show(found: Comparison) -> None:
    for line in found.lines():
        click.echo(line)


def _refuse_a_stranger(found: Comparison, options: Options) -> None:
    if found.tenant and not found.is_ours and not options.adopt:
        raise OperatorError(
            f"{options.folder} does not carry the mark of {found.slug} ({mark.FILE}): it may be a"
            f" copy whose slug was not changed. Nothing was written. If it is meant to replace what"
            f" {found.slug} has, add --adopt."
        )


def _ask(manifest: Manifest, options: Options) -> None:
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise OperatorError("Nothing was written: nobody can be asked here, so add --yes.")
    if not click.confirm(f"Apply this to {manifest.slug}?"):
        raise OperatorError("Nothing was written.")


def _mark(core: Core, manifest: Manifest, folder: Path) -> None:
    try:
        mark.write_mark(folder, core.keys, manifest.id, manifest.slug)
    except OSError as error:
        click.echo(
            f"Warning: {folder / mark.FILE} cannot be written ({error.strerror}): the next apply"
            " will want --adopt.",
            err=True,
        )
