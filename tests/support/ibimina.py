"""The savings groups of the tests: the demo's folder, and what tests need otherwise."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from app.settings import CHECKOUT
from tests.support.fuel_menu import FUEL, FUEL_MENU, STATION_PEOPLE
from tests.support.rates_menu import RATES_MENU
from tests.support.rides_menu import DRIVERS, RIDES, RIDES_MENU

_DEMO: Final = CHECKOUT / "fixtures" / "tenants" / "ibimina"
_UNLIMITED: Final = {
    "hops_a_second": 5000,
    "number_hops_a_second": 5000,
    "open_sessions": 1_000_000,
    "number_open_sessions": 1_000_000,
}


class _Dumper(yaml.SafeDumper):
    """Writes everything out, as people do."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(path: Path, content: Any) -> None:
    """Write a file of a tenant's folder."""
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    path.write_text(text, encoding="utf-8")


def content(path: Path) -> Any:
    """What a file of a tenant's folder says."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def without_pins(folder: Path) -> None:
    """Take the PINs out of a folder: they may stand in the folder of a demo only."""
    people = content(folder / "people.yaml")
    for one in people:
        one.pop("pin", None)
    written(folder / "people.yaml", people)


def _made() -> Path:
    parent = tempfile.mkdtemp(prefix="piga-tenant-")
    atexit.register(shutil.rmtree, parent, ignore_errors=True)
    folder = Path(parent) / _DEMO.name
    folder.mkdir()
    for name, changed in _CHANGES.items():
        written(folder / name, changed(content(_DEMO / name)))
    written(folder / "rides.yaml", RIDES)
    written(folder / "fuel.yaml", FUEL)
    return folder


def _tenant(tenant: dict[str, Any]) -> dict[str, Any]:
    """English is spoken first, and somebody with a new PIN pays little on that day."""
    return {
        **tenant,
        "languages": ["en", "rw", "fr", "sw"],
        "settings": {**tenant["settings"], "new_pin_limit": 2000},
    }


def _services(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The USSD code alone; again where phones are passed around; and on a network that carries
    more than Latin letters. No test is refused for its haste, but those that set a limit."""
    ussd = services[0]
    wide = {"budget_septets": 182, "ucs2": True}
    haste = {name: _UNLIMITED[name] for name in ("hops_a_second", "number_hops_a_second")}
    return [
        {**ussd, "settings": _UNLIMITED},
        {**ussd, "code": "*384*11#", "settings": {"shared_phones": True, **_UNLIMITED}},
        {**ussd, "code": "*384*12#", "settings": {**wide, **haste}},
    ]


def _groups(groups: dict[str, Any]) -> dict[str, Any]:
    """So many that they fill several pages; some names are long."""
    names = {one["code"]: one for one in groups["groups"]}
    for code, name in _LONGER_NAMES.items():
        names[code] = {
            "code": code,
            "organisation": "umurenge",
            **names.get(code, {}),
            "name": name,
        }
    return {**groups, "groups": [*names.values()]}


def _menu(tree: dict[str, Any]) -> dict[str, Any]:
    """Rates for a super-agent, rides for drivers, fuel for stations, menus in a menu below `3`, the
    group's among them, a help that takes two pages, and a longer notice of a pause."""
    items = {item["id"]: item for item in tree["menu"]}
    save, balances = (
        {name: value for name, value in items[item].items() if name != "word"}
        for item in ("save", "balances")
    )
    savings = {"en": "Savings", "rw": "Ubwizigame", "fr": "Épargne", "sw": "Akiba"}
    services = {"en": "Services", "rw": "Serivisi", "fr": "Services", "sw": "Huduma"}
    below = {"key": 1, "id": "savings", "text": savings, "menu": [save, balances]}
    help_item = next(item for item in items["account"]["menu"] if item["id"] == "help")
    help_item["info"] = _HELP
    at = next(index for index, item in enumerate(tree["menu"]) if item["id"] == "statement")
    tree["menu"].insert(at, RATES_MENU)
    account = items["account"]["menu"]
    money = next(item for item in account if item["id"] == "mobile_money")
    account.remove(money)
    group, loan, missing = items["group"], items["loan"], items["missing"]
    for item in (group, loan, missing):
        tree["menu"].remove(item)
    loan, missing = (
        {name: value for name, value in item.items() if name != "word"} for item in (loan, missing)
    )
    all_of_them = [below, {**money, "key": 2}, {**group, "key": 3}, {**loan, "key": 4}, FUEL_MENU]
    money["menu"].append({**missing, "key": 3})
    tree["menu"].insert(2, {"key": 3, "id": "services", "text": services, "menu": all_of_them})
    tree["menu"].append(RIDES_MENU)
    roles = [*tree["roles"], "driver", "dealer", "attendant"]
    return {**tree, "roles": roles, "when_paused": _WHEN_PAUSED}


def _people(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All speak English, and their numbers end as their keys are numbered. Nobody who shows a code
    or a birth year at their first use, but a member of no group, and a person with a birth year."""
    by_key = {one["key"]: one for one in people}
    for key in ("mukantwari", "hategekimana"):
        del by_key[key]
    for one in by_key.values():
        one["language"] = "en"
        one["phones"] = [number.replace("80001", "80000") for number in one["phones"]]
    by_key["mukamana"]["groups"] = [f"KOP{number}" for number in range(1, 12)]
    by_key["mukamana"]["opening"] = {"wallet": 60000, "savings": {"KOP3": 9000}}
    by_key["gasana"]["birth_year"] = 1987
    by_key["bizimana"]["phones"].append("+250738000011")
    by_key["kayitesi"]["opening"] = {"float": 1_500_000}
    for key in ("hakizimana", "mutesi", "nkusi"):
        del by_key[key]["opening"]
    # Their group has five members, until a loan is asked for.
    for key in ("mutesi", "nkusi"):
        del by_key[key]["groups"]
    del by_key["bizimana"]["offices"]
    at = [*by_key].index("kayitesi")
    found = [*by_key.values()]
    return [*found[:at], _IN_NO_GROUP, *found[at:], *DRIVERS, *STATION_PEOPLE]


def _tariffs(tariffs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One table of each kind, limits that a few payments reach, more fees."""
    now = [{**one, "valid_from": _SINCE} for one in tariffs if "valid_to" not in one]
    for one in now:
        one |= _FIGURES.get((one["operation"], one["kind"], one.get("level", "")), {})
        if one["operation"] == "topup":
            one.pop("float_low", None)
    fees = [
        {"operation": "topup", "level": "assistant", "bands": [{"fee": 40}]},
        {"operation": "float_sale", "bands": [{"up_to": 100_000, "fee": 0}, {"fee": 100}]},
    ]
    common = {"kind": "fee", "valid_from": _SINCE, "approved_by": "Board"}
    return [*now, *({**common, **fee} for fee in fees)]


_SINCE: Final = date(2025, 7, 1)
_FIGURES: Final[dict[tuple[str, str, str], dict[str, Any]]] = {
    ("contribute", "limit", ""): {"day_maximum": 50_000},
    ("topup", "fee", ""): {"bands": [{"up_to": 5000, "fee": 50}, {"fee": 150}]},
    ("topup", "limit", ""): {"day_maximum": 100_000},
    ("topup", "limit", "assistant"): {"day_maximum": 7000},
    ("float_sale", "limit", ""): {
        "maximum": 500_000,
        "day_maximum": 600_000,
        "float_low": 1_000_000,
    },
    ("float_return", "limit", ""): {"maximum": 500_000},
}
_LONGER_NAMES: Final = {
    "KOP4": "Icyerekezo Cyiza",
    "KOP6": "Ubumwe n'Amahoro",
    "KOP8": "Abahuje Ibitekerezo",
    "KOP9": "Twiteze Imbere",
    "KOP10": "Dukundane",
    "KOP11": "Inkingi z'Umuryango",
}
_IN_NO_GROUP: Final = {
    "key": "mugabo",
    "name": "Mugabo Theo",
    "phones": ["+250788000008"],
    "language": "en",
    "pin": "7135",
    "birth_year": 1974,
    "roles": ["member"],
}
_WHEN_PAUSED: Final = {
    "en": "Back at 6 o'clock. Your money is safe.",
    "rw": "Turagaruka saa kumi n'ebyiri. Amafaranga yawe aratekanye.",
    "fr": "De retour à 6 h. Votre argent est en sécurité.",
    "sw": "Tutarudi saa 12. Pesa zako ziko salama.",
}
_HELP: Final = {
    "en": "Questions? Call +250788000100 from 8:00 to 18:00 on working days, or ask the secretary"
    " of your group. Nobody of ours will ever ask you for your PIN, on the phone or at the door.",
    "rw": "Ufite ikibazo? Hamagara +250788000100 8:00-18:00 ku minsi y'akazi, cyangwa ubaze"
    " umwanditsi w'itsinda. Nta mukozi wacu uzakubaza PIN yawe.",
    "fr": "Une question? Appelez le +250788000100 de 8:00 à 18:00 les jours ouvrables, ou demandez"
    " au secrétaire de votre groupe. Personne de chez nous ne vous demandera jamais votre PIN.",
    "sw": "Una swali? Piga +250788000100 kuanzia 8:00 hadi 18:00 siku za kazi, au muulize katibu"
    " wa kikundi chako. Hakuna mfanyakazi wetu atakayekuuliza PIN yako.",
}
_CHANGES: Final[dict[str, Callable[[Any], Any]]] = {
    "tenant.yaml": _tenant,
    "services.yaml": _services,
    "groups.yaml": _groups,
    "menu.yaml": _menu,
    "people.yaml": _people,
    "tariffs.yaml": _tariffs,
    "loans.yaml": lambda loans: loans,
}
# Made once a process.
FOLDER: Final = _made()
