"""A tenant's services: where it is reached, and the menu tree that hangs there."""

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.manifest import limits
from core.manifest.nodes import Faults, Place, open_file
from core.manifest.shapes import House, ServicePlan, id_of

USSD_CODE = r"\*[0-9]{1,4}(\*[0-9]{1,6}){0,4}#"
OTHER_CODE = r"\+?[0-9]{3,15}|[A-Za-z][A-Za-z0-9 ]{1,10}"
MENU_FILE = r"menu[a-z0-9_-]*[.]yaml"


@dataclass(frozen=True, slots=True)
class ServicesReader:
    folder: Path
    faults: Faults
    house: House
    languages: tuple[str, ...]
    trees: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, start: Place, tenant_id: uuid.UUID) -> tuple[ServicePlan, ...]:
        items = start.items()
        if len(items) > limits.SERVICES_MAXIMUM:
            start.fault(f"at most {limits.SERVICES_MAXIMUM} services")
            return ()
        plans: dict[uuid.UUID, ServicePlan] = {}
        for item in items:
            plan = self._service(item, tenant_id)
            if plan.id in plans and plan.code:
                item.fault("this service stands here twice")
            plans[plan.id] = plan
        return tuple(plans.values())

    def _service(self, item: Place, tenant_id: uuid.UUID) -> ServicePlan:
        fields = item.fields("settings", needed=("provider", "channel", "code", "menu"))
        provider = fields.read("provider", lambda p: p.one_of(self.house.providers), "")
        channel = fields.read("channel", lambda p: p.one_of(limits.CHANNELS), "")
        if channel == "ussd":
            pattern, says = USSD_CODE, 'a USSD code such as "*384*10#"'
        else:
            pattern, says = OTHER_CODE, "a number or a sender id"
        code = fields.read("code", lambda p: p.matching(pattern, says), "")
        return ServicePlan(
            id=id_of(tenant_id, "service", provider, channel, code),
            provider=provider,
            channel=channel,
            code=code,
            settings=fields.read("settings", _settings, {}),
            tree=fields.read("menu", self._tree, {}),
            menu=fields.text("menu"),
            place=item,
        )

    def _tree(self, menu: Place) -> dict[str, Any]:
        name = menu.matching(MENU_FILE, "a file such as menu.yaml")
        if name and name not in self.trees:
            self.trees[name] = self._read_tree(menu, name)
        return self.trees.get(name, {})

    def _read_tree(self, menu: Place, name: str) -> dict[str, Any]:
        if not (self.folder / name).exists():
            menu.fault(f"there is no file {name}")
            return {}
        place = open_file(self.folder, name, self.faults)
        if place is None:
            return {}
        tree = place.data()
        if not isinstance(tree, dict):
            place.fault("a menu tree is needed here")
            return {}
        for way, text in self.house.check_tree(tree, self.languages):
            self.faults.add(name, 0, f"{way}: {text}" if way else text)
        return tree


def _settings(place: Place) -> dict[str, Any]:
    fields = place.fields("budget_septets", "ucs2", "shared_phones")
    settings: dict[str, Any] = {}
    if budget := fields.get("budget_septets"):
        settings["budget_septets"] = budget.whole(*limits.BUDGET_SEPTETS)
    for name in ("ucs2", "shared_phones"):
        if flag := fields.get(name):
            settings[name] = flag.flag()
    return settings
