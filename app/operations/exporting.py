"""An export at the command line: asked for, written here and now, and taken."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import BinaryIO

import click

from app.errors import OperatorError
from app.operations.servers import Core
from core.approvals.requests import Officer
from core.exports import exports, parts, writing
from core.exports.exports import Export, Format
from core.lists.listing import Listing, Wanted
from core.tenants import business

__all__ = ["Format", "Wants", "export", "write_private"]


@dataclass(frozen=True, slots=True)
class Wants:
    """Which rows: from the first day to the last, both in and the tenant's, of whom; and whether
    whole, and why."""

    first: datetime | None = None
    last: datetime | None = None
    subject_id: uuid.UUID | None = None
    whole: bool = False
    reason: str = ""


def export(
    core: Core,
    tenant_id: uuid.UUID,
    listing: Listing,
    format: Format,
    wants: Wants,
    *,
    by: Officer,
    out: Path,
) -> Export:
    """Write a list into `out`; its progress goes to standard error. Raises OperatorError where it
    cannot be, ExportError where it may not."""
    with write_private(out) as file:
        with core.database.transaction(tenant_id) as tx:
            made = exports.ask(
                *(tx, listing, format, _wanted(wants, business.of_transaction(tx).zone)),
                by=by.actor,
                reason=wants.reason,
                enqueued=False,
            )
        for so_far in writing.run(core.database, core.keys, tenant_id, listing, made.id):
            of = so_far.rows_expected or 0
            click.echo(f"\r{so_far.rows_read:,} of {of:,} rows", nl=False, err=True)
        click.echo("", err=True)
        if so_far.state == "failed":
            raise OperatorError(so_far.reason or "It could not be written.")
        with core.database.transaction(tenant_id) as tx:
            taken = exports.take(tx, made.id, by.actor)
        for part in parts.read(core.database, core.keys, tenant_id, made.id, "file"):
            file.write(part)
    return taken


def _wanted(wants: Wants, zone: tzinfo) -> Wanted:
    now = exports.until_now()
    last = wants.last and wants.last.replace(tzinfo=zone) + timedelta(days=1)
    return Wanted(
        since=wants.first and wants.first.replace(tzinfo=zone),
        until=min(now, last) if last else now,
        subject_id=wants.subject_id,
        whole=wants.whole,
    )


@contextlib.contextmanager
def write_private(out: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone, which is gone again where it was not written whole. Raises
    OperatorError where it cannot be made."""
    try:
        file = os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}.") from None
    try:
        with file:
            yield file
    except BaseException:
        out.unlink()
        raise
