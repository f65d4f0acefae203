"""What `piga tenant` does with many people at once: who was wrong, and freezing a list of them."""

import uuid
from datetime import UTC
from pathlib import Path

import click

from app.errors import OperatorError
from app.operations.servers import Core
from core.people import people, wrong_pins


def print_wrong_pins(
    core: Core, tenant_id: uuid.UUID, *, hours: int, only_held: bool, only_ids: bool
) -> None:
    """Print a line a person, or only their ids, which `read_ids` reads again."""
    with core.database.transaction(tenant_id) as tx:
        found = wrong_pins.wrong_since(tx, core.keys, hours=hours, only_held=only_held)
    for one in found:
        if only_ids:
            click.echo(one.subscriber_id)
            continue
        words = [
            "held" if one.held_at else "",
            "" if one.has_history else "new",
            "locked" if one.is_locked else "",
            "frozen" if one.is_frozen else "",
            f"{one.day_times} times" if one.day_times > 1 else "",
        ]
        said = " ".join(word for word in words if word) or "-"
        at = one.wrong_at.astimezone(UTC)
        click.echo(f"{at:%Y-%m-%d %H:%M:%S} UTC  {one.subscriber_id}  {said}  {one.name}")
    if not only_ids:
        click.echo(f"{len(found)} people." if found else "Nobody's last PIN was wrong.")


def read_ids(file: Path) -> list[uuid.UUID]:
    """The people of a list: each line begins with an id. Empty lines and what follows a # are
    passed over. Raises OperatorError with the number of a line that has none."""
    with click.open_file(str(file)) as stream:
        text: str = stream.read()
    found: dict[uuid.UUID, None] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            try:
                found[uuid.UUID(words[0])] = None
            except ValueError:
                raise OperatorError(f"Line {number} begins with no person's id.") from None
    return list(found)


def freeze_all(
    core: Core,
    tenant_id: uuid.UUID,
    ids: list[uuid.UUID],
    *,
    frozen: bool,
    actor: str,
    reason: str,
) -> None:
    """Freeze people, or let them go. Nobody, where one of them is not the tenant's; each in a
    transaction of their own, so that it may be done again. Raises OperatorError."""
    with core.database.transaction(tenant_id) as tx:
        rows = tx.all(
            "SELECT u.id FROM unnest(%s::uuid[]) u (id) WHERE NOT EXISTS (SELECT 1 FROM subscriber"
            " WHERE tenant_id = current_tenant() AND id = u.id)",
            (ids,),
        )
    if rows:
        raise OperatorError(f"{len(rows)} of them are nobody's ids here, such as {rows[0][0]}.")
    for one in ids:
        with core.database.transaction(tenant_id) as tx:
            people.freeze(tx, one, frozen=frozen, actor=actor, reason=reason)
