"""Reading a tenant's folder: every file, all faults at once, nothing written.

tenant.yaml     who the business is
services.yaml   its addresses, each with the file of its menu tree
tariffs.yaml    dated fees and limits
groups.yaml     organisations and savings groups
people.yaml     who is known from the beginning
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from core.manifest import limits
from core.manifest.nodes import Faults, FolderFaults, Place, open_file
from core.manifest.people import read_groups, read_people
from core.manifest.services import ServicesReader
from core.manifest.shapes import Blueprint, House, tenant_id_of
from core.manifest.tariffs import read_tariffs

TENANT, SERVICES, TARIFFS = "tenant.yaml", "services.yaml", "tariffs.yaml"
GROUPS, PEOPLE = "groups.yaml", "people.yaml"

# Part of the folder's hash: a new way of reading makes every folder new.
FORMAT = 1

SLUG = r"[a-z][a-z0-9-]{1,30}"


def folder_hash(folder: Path) -> str:
    """The SHA-256 of every YAML file's name and content: the same hash, the same folder."""
    whole = hashlib.sha256(f"{FORMAT}\n".encode())
    for path in sorted(folder.glob("*.yaml")):
        content = path.read_bytes()
        whole.update(f"{path.name}\n{len(content)}\n".encode() + content)
    return whole.hexdigest()


def read(folder: Path, house: House) -> Blueprint:
    """The folder's content. Raises FolderFaults with everything that is wrong with it."""
    faults = Faults()
    if not folder.is_dir():
        faults.add(str(folder), 0, "there is no such folder")
        faults.raise_any()
    _refuse_strangers(folder, faults)
    start = open_file(folder, TENANT, faults)
    if start is None:
        if not faults.found:
            faults.add(TENANT, 0, "the file is missing")
        raise FolderFaults(faults.found)
    tenant = _read_tenant(start, house)
    tenant_id = tenant_id_of(tenant["slug"])
    zone, currency = ZoneInfo(tenant["time_zone"]), tenant["currency"]

    services = open_file(folder, SERVICES, faults)
    tariffs = open_file(folder, TARIFFS, faults)
    groups = open_file(folder, GROUPS, faults)
    people = open_file(folder, PEOPLE, faults)
    organisations, group_plans = read_groups(groups, tenant_id) if groups else ((), ())
    blueprint = Blueprint(
        id=tenant_id,
        **tenant,
        services=ServicesReader(folder, faults, house, tenant["languages"]).read(
            services, tenant_id
        )
        if services
        else (),
        tariffs=read_tariffs(tariffs, tenant_id, zone, currency) if tariffs else (),
        organisations=organisations,
        groups=group_plans,
        people=read_people(
            people,
            tenant_id=tenant_id,
            currency=currency,
            languages=tenant["languages"],
            groups=group_plans,
            pins=house.pins,
        )
        if people
        else (),
        hash=folder_hash(folder),
        place=start,
        faults=faults,
    )
    faults.raise_any()
    return blueprint


def _refuse_strangers(folder: Path, faults: Faults) -> None:
    """A misspelt file would be a silent loss: people.yml, say."""
    known = {TENANT, SERVICES, TARIFFS, GROUPS, PEOPLE}
    for path in folder.iterdir():
        if path.suffix == ".yml":
            faults.add(path.name, 0, "files of a tenant end in .yaml")
        elif path.suffix == ".yaml" and path.name not in known and not path.stem.startswith("menu"):
            names = ", ".join(sorted(known))
            faults.add(path.name, 0, f"not a file of a tenant; there are: {names}, menu*.yaml")


def _read_tenant(start: Place, house: House) -> dict[str, Any]:
    fields = start.fields(
        "settings",
        needed=(
            *("slug", "name", "country", "calling_code", "currency", "time_zone", "languages"),
        ),
    )
    languages = tuple(place.one_of(house.languages) for place in fields.items("languages"))
    if len(set(languages)) != len(languages):
        fields.of.fault("languages: one stands here twice")
    known = tuple(language for language in languages if language)
    name, more = fields.get("name"), fields.get("settings")
    names = local_text(name, known) if name else {}
    settings = _read_settings(more) if more else {}
    return {
        "slug": fields.read(
            "slug", lambda place: place.matching(SLUG, "a slug such as my-business"), ""
        ),
        "name": names.get("en") or next(iter(names.values()), ""),
        "country": fields.read(
            "country", lambda place: place.matching("[A-Z]{2}", "a country code such as RW"), ""
        ),
        "calling_code": fields.read(
            "calling_code",
            lambda place: place.matching("[1-9][0-9]{0,3}", "a calling code such as 250"),
            "",
        ),
        "currency": fields.read("currency", _currency, ""),
        "time_zone": fields.read("time_zone", _time_zone, "UTC"),
        "languages": known,
        "settings": settings | {"names": names},
    }


def local_text(place: Place, languages: tuple[str, ...]) -> dict[str, str]:
    """A text by language: `en: …` and so on for each of the tenant's, or one text for all."""
    if not place.is_mapping:
        value = place.text()
        return dict.fromkeys(languages, value) if value else {}
    found = place.fields(*languages, needed=languages)
    return {language: text for language in languages if (text := found.text(language))}


def _read_settings(place: Place) -> dict[str, Any]:
    fields = place.fields("help_phone", "sms_sender", "new_roles", "wrong_pins_a_minute")
    # What somebody is who registers on their own phone: never an agent.
    new_roles = [place.one_of(("customer", "member")) for place in fields.items("new_roles")]
    settings: dict[str, Any] = {
        "new_roles": new_roles,
        "help_phone": fields.read(
            "help_phone", lambda p: p.matching(r"\+?[0-9]{3,15}", "a phone number"), ""
        ),
        "sms_sender": fields.read(
            "sms_sender",
            lambda p: p.matching("[A-Za-z0-9 ]{3,11}|[0-9]{3,8}", "a sender id of 3 to 11 letters"),
            "",
        ),
        "wrong_pins_a_minute": fields.read(
            "wrong_pins_a_minute", lambda p: p.whole(*limits.WRONG_PINS_A_MINUTE), None
        ),
    }
    return {name: value for name, value in settings.items() if value}


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _currency(place: Place) -> str:
    value = place.matching("[A-Z]{3}", "a currency code such as RWF")
    if value and value not in _currencies():
        place.fault("no such currency")
        return ""
    return value


def _time_zone(place: Place) -> str:
    value = place.text()
    if value not in available_timezones():
        place.fault("a time zone such as Africa/Kigali is needed here")
        return "UTC"
    return value
