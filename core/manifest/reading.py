"""Reading a tenant's folder: every file, all faults at once, nothing written."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.manifest import tenant
from core.manifest.entry import parse
from core.manifest.faults import Faults, FolderFaults
from core.manifest.ids import tenant_id_of
from core.manifest.section import Manifest, ManifestRules, Reading, Section
from core.manifest.services import SERVICES
from core.manifest.source import open_file

# Part of the folder's hash: a new way of reading makes every folder new.
FORMAT = 2


def folder_hash(folder: Path) -> str:
    """The SHA-256 of every YAML file's name and content: the same hash, the same folder."""
    whole = hashlib.sha256(f"{FORMAT}\n".encode())
    for path in sorted(folder.glob("*.yaml")):
        content = path.read_bytes()
        whole.update(f"{path.name}\n{len(content)}\n".encode() + content)
    return whole.hexdigest()


def read_manifest(folder: Path, rules: ManifestRules, sections: Iterable[Section[Any]]) -> Manifest:
    """The folder's content: tenant.yaml, services.yaml with its menu trees, and the files of the
    domains' sections, which are read in their order.

    Raises FolderFaults with everything that is wrong with it. What only shows between entries and
    between files is looked at once each of them is sound by itself.
    """
    faults = Faults()
    reading = Reading(folder, rules, (SERVICES, *sections), faults, rules.languages)
    if not folder.is_dir():
        faults.add(str(folder), 0, "there is no such folder")
        faults.raise_any()
    _refuse_strangers(reading)
    said = _read_tenant(reading)
    for section in reading.sections:
        _read_section(section, reading)
    faults.raise_any()
    assert said is not None
    for section in reading.sections:
        section.check(reading)
    faults.raise_any()
    return Manifest(
        id=reading.tenant_id,
        slug=said.slug,
        name=said.shown_name,
        country=said.country,
        calling_code=said.calling_code,
        currency=said.currency,
        time_zone=said.time_zone,
        languages=tuple(said.languages),
        settings=said.kept_settings(),
        hash=folder_hash(folder),
        reading=reading,
    )


def _refuse_strangers(reading: Reading) -> None:
    """A misspelt file would be a silent loss: people.yml, say."""
    known = {tenant.FILE, *(section.file for section in reading.sections if section.file)}
    for path in reading.folder.iterdir():
        if path.suffix == ".yml":
            reading.faults.add(path.name, 0, "files of a tenant end in .yaml")
        elif path.suffix == ".yaml" and path.name not in known and not path.stem.startswith("menu"):
            names = ", ".join(sorted(known))
            says = f"not a file of a tenant; there are: {names}, menu*.yaml"
            reading.faults.add(path.name, 0, says)


def _read_tenant(reading: Reading) -> tenant.TenantEntry | None:
    source = open_file(reading.folder, tenant.FILE, reading.faults)
    if source is None:
        if not any(fault.file == tenant.FILE for fault in reading.faults.found):
            reading.faults.add(tenant.FILE, 0, "the file is missing")
        raise FolderFaults(reading.faults.found)
    found = parse(tenant.ADAPTER, source, reading)
    if found is not None:
        reading.tenant_id = tenant_id_of(found.slug)
        reading.languages = tuple(found.languages)
        reading.country = found.country
        reading.currency = found.currency
        reading.zone = ZoneInfo(found.time_zone)
        reading.first_use = found.settings.first_use if found.settings else ""
    return found


def _read_section(section: Section[Any], reading: Reading) -> None:
    if section.adapter is None or section.empty is None:
        return
    source = open_file(reading.folder, section.file, reading.faults)
    if source is None or source.content is None:
        reading.contents[section.name] = section.empty()
    else:
        reading.contents[section.name] = parse(section.adapter(reading), source, reading)
