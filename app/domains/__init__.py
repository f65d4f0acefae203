"""The domains of this installation: ours, installed packages', and folders'.

Ours are registered like anybody else's. `load` finds them once a process.

- An installed package names its `Domain` as an entry point of the group `piga.domains`.
- `PIGA_DOMAINS` names folders, with colons between them: each is a package whose `domain.py` has a
  `DOMAIN`.
"""

import importlib
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from app.domains.domain import Domain, Domains
from app.errors import OperatorError
from app.settings import domain_folders
from menus.texts import add_locales

OURS = (
    "alarms",
    "money",
    "messaging",
    "inbox",
    "people",
    "payments",
    "savings",
    "loans",
    "rates",
    "orders",
    "rides",
    "fuel",
    "agents",
    "approvals",
    "staff",
    "clients",
    "sign_in",
    "recovery",
    "erasure",
    "bookings",
    "broadcasts",
    "events",
    "exports",
    "email",
)
GROUP = "piga.domains"


@cache
def load() -> Domains:
    """All domains. Raises OperatorError on one that cannot be loaded, DomainConflict on two that
    bring a thing of one name."""
    ours = [importlib.import_module(f"app.domains.{name}").DOMAIN for name in OURS]
    installed = [_loaded(str(point.value), point.load) for point in entry_points(group=GROUP)]
    folders = [_from_folder(folder) for folder in domain_folders()]
    domains = Domains.of((*ours, *installed, *folders))
    for domain in domains.all:
        if domain.locales is not None:
            add_locales(domain.locales)
    return domains


def further() -> tuple[Domain, ...]:
    """Those that are not Piga's own."""
    return load().all[len(OURS) :]


def _from_folder(folder: Path) -> Domain:
    """The domain of a package that lies in a folder of its own."""
    path = folder.resolve()
    if not (path / "domain.py").is_file():
        raise OperatorError(f"PIGA_DOMAINS: {path} has no domain.py.")
    parent = str(path.parent)
    if parent not in sys.path:
        sys.path.append(parent)
    name = f"{path.name}.domain"
    return _loaded(name, lambda: importlib.import_module(name).DOMAIN)


def _loaded(where: str, find: Callable[[], object]) -> Domain:
    try:
        found = find()
    except Exception as error:
        raise OperatorError(f"The domain {where} cannot be loaded: {error}") from error
    if not isinstance(found, Domain):
        raise OperatorError(f"{where} is no Domain.")
    return found
