"""The demo: five businesses and the people one can be. Their PINs live in the fixtures alone."""

from pathlib import Path
from typing import TypedDict

from app.errors import OperatorError
from app.operations.servers import Core, opened
from app.operations.tenant_folder import house, read_folder
from app.settings import CHECKOUT, Settings
from core.manifest.apply import HASH, apply
from core.manifest.nodes import FolderFaults
from core.manifest.reading import folder_hash
from core.manifest.shapes import Blueprint, PersonPlan

FOLDER = CHECKOUT / "fixtures" / "tenants"


class DemoPerson(TypedDict):
    """Somebody one can be. `pin` is None for who has yet to register; `role` is the one that says
    most about them."""

    tenant: str
    service: str
    msisdn: str
    role: str
    name: str
    language: str
    pin: str | None


def folders() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if path.is_dir())


def load(settings: Settings) -> None:
    """Apply the demo tenants. A folder that is as it was when it was applied costs one look.

    Raises OperatorError.
    """
    with opened(settings) as core:
        applied = _applied_hashes(core)
        for folder in folders():
            if applied.get(folder.name) != folder_hash(folder):
                apply(core.database, core.keys, read(folder), house(demo=True), may_renumber=True)


def people() -> list[DemoPerson]:
    """Whom one can be, from the fixtures. Raises OperatorError when they are wrong."""
    return [
        _listed(blueprint, person, phone)
        for blueprint in map(read, folders())
        for person in blueprint.people
        for phone in person.phones
    ]


def _applied_hashes(core: Core) -> dict[str, str | None]:
    with core.database.transaction(None) as tx:
        return dict(
            tx.all(
                "SELECT DISTINCT tenant->>'slug', tenant->'settings'->>%s FROM all_services()",
                (HASH,),
            )
        )


def read(folder: Path) -> Blueprint:
    """A demo tenant. Raises OperatorError when its fixtures are wrong."""
    try:
        return read_folder(folder, demo=True)
    except FolderFaults as wrong:
        lines = "\n".join(f"{folder.name}/{fault}" for fault in wrong.faults)
        raise OperatorError(f"The demo's fixtures are wrong:\n{lines}") from None


def _listed(blueprint: Blueprint, person: PersonPlan, phone: str) -> DemoPerson:
    return {
        "tenant": blueprint.slug,
        "service": blueprint.services[0].code,
        "msisdn": phone,
        "role": person.agent.level if person.agent else next(iter(person.roles), "no role"),
        "name": person.name,
        "language": person.language,
        "pin": person.pin or None,
    }
