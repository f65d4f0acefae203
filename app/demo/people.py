"""The demo: five businesses and the people one can be. Their PINs live in the fixtures alone."""

from collections import Counter
from pathlib import Path
from typing import TypedDict

from app.demo.staff import load_staff
from app.errors import OperatorError
from app.local.data_dir import DataDir
from app.operations.servers import Core, opened
from app.operations.tenant_folder import read_folder, rules
from app.settings import CHECKOUT, Settings
from core.agents.manifest import agent_of
from core.manifest.apply import apply
from core.manifest.faults import FolderFaults
from core.manifest.reading import folder_hash
from core.manifest.section import Manifest
from core.manifest.services import SERVICES
from core.manifest.tenant import HASH
from core.people.manifest import PEOPLE, PersonEntry
from core.security.keyring import Keyring

FOLDER = CHECKOUT / "fixtures" / "tenants"


class DemoPerson(TypedDict):
    """Somebody one can be. `pin` is None for who has yet to register; `role` is the one that says
    most about them, `special` what is not as with others: "frozen", "shared phone", "code
    12345678" or "born 1987" (what is asked at the first use)."""

    tenant: str
    service: str
    msisdn: str
    role: str
    name: str
    language: str
    pin: str | None
    special: list[str]


def folders() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if path.is_dir())


def is_demo_folder(folder: Path) -> bool:
    """Whether a folder is one of the demo's own, which are part of the checkout."""
    return folder.resolve().parent == FOLDER


def load(settings: Settings) -> None:
    """Apply the demo tenants. A folder that is as it was when it was applied costs one look.

    Raises OperatorError.
    """
    with opened(settings) as core:
        applied = _applied_hashes(core)
        for folder in folders():
            if applied.get(folder.name) != folder_hash(folder):
                manifest = read(folder)
                apply(core.database, core.keys, manifest, rules(demo=True), may_renumber=True)
                load_staff(core.database, core.keys, [manifest.id])


def people(settings: Settings) -> list[DemoPerson]:
    """Whom one can be, from the fixtures. Raises OperatorError when they are wrong."""
    found = []
    keys = _keys_of(settings)
    for manifest in map(read, folders()):
        everybody = manifest.of(PEOPLE)
        users = Counter(phone for person in everybody for phone in person.phones)
        for person in everybody:
            for phone in person.phones:
                special = ["frozen"] if person.frozen else []
                if users[phone] > 1:
                    special.append("shared phone")
                special += _first_use_of(person, keys)
                found.append(_listed(manifest, person, phone, special))
    return found


def _keys_of(settings: Settings) -> Keyring | None:
    """The installation's, from its settings or its home; None before the first start."""
    kept = DataDir(settings.home).key
    key = settings.key or (kept.read_text().strip() if kept.exists() else "")
    return Keyring(bytes.fromhex(key)) if key else None


def _first_use_of(person: PersonEntry, keys: Keyring | None) -> list[str]:
    """What somebody shows at their first use: the code that staff would hand over."""
    match person.asked_first:
        case "birth_year":
            return [f"born {person.birth_year}"]
        case "code":
            code = keys.first_use_code(person.id, 1) if keys else ""
            return [f"code {code}" if code else "first-use code"]
    return []


def time_zones() -> dict[str, str]:
    """The time zone of each demo tenant: what its texts give times in."""
    return {folder.name: read(folder).time_zone for folder in folders()}


def _applied_hashes(core: Core) -> dict[str, str | None]:
    with core.database.transaction(None) as tx:
        return dict(
            tx.all(
                "SELECT DISTINCT tenant->>'slug', tenant->'settings'->>%s FROM all_services()",
                (HASH,),
            )
        )


def read(folder: Path) -> Manifest:
    """A demo tenant. Raises OperatorError when its fixtures are wrong."""
    try:
        return read_folder(folder, demo=True)
    except FolderFaults as wrong:
        lines = "\n".join(f"{folder.name}/{fault}" for fault in wrong.faults)
        raise OperatorError(f"The demo's fixtures are wrong:\n{lines}") from None


def _listed(manifest: Manifest, person: PersonEntry, phone: str, special: list[str]) -> DemoPerson:
    agent = agent_of(person)
    return {
        "tenant": manifest.slug,
        "service": manifest.of(SERVICES)[0].code,
        "msisdn": phone,
        "role": agent.level if agent else next(iter(person.all_roles), "no role"),
        "name": person.name,
        "language": person.language,
        "pin": person.pin or None,
        "special": special,
    }
