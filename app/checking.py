"""Everything that can be checked without a phone: texts, flows, and every tenant's menu trees."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.tenant_folder import NOT_IN_MENUS, read_folder
from core.blueprint import limits
from core.blueprint.nodes import FolderFaults
from core.db import Database
from core.tenants import Service, all_services
from flows.kit.checking.check import check_flows, check_refusals
from flows.kit.render import budget_of
from flows.registry import FLOWS
from menus.budget import Budget
from menus.check import USSD_BUDGETS, check_screen, check_texts, check_tree
from menus.problems import Problem
from menus.screens import End
from menus.texts import Local
from menus.tree_reading import BadTree, read_tree
from menus.ussd import ussd_budget


@dataclass
class Findings:
    """What was found, a line each, and how much was looked at."""

    lines: list[str] = field(default_factory=list)
    flows: int = 0
    trees: int = 0

    def add(self, problems: list[Problem], where: str = "") -> None:
        self.lines += [f"{where}: {problem}" if where else str(problem) for problem in problems]


def check_house(findings: Findings) -> None:
    """The sentences and the flows, which all tenants share."""
    findings.add(check_texts())
    findings.add(check_flows(FLOWS))
    findings.add(check_refusals())
    findings.flows += len(FLOWS)


def check_folder(folder: Path, findings: Findings) -> None:
    """A tenant as a folder: all of it, and its trees on the budgets of its services."""
    try:
        plan = read_folder(folder, demo=True)
    except FolderFaults as wrong:
        findings.lines += [f"{folder.name}/{fault}" for fault in wrong.faults]
        return
    for service in plan.services:
        settings = service.settings
        budget = ussd_budget(
            int(settings.get("budget_septets", USSD_BUDGETS[0].septets)),
            ucs2=bool(settings.get("ucs2", False)),
        )
        where = f"{folder.name} {service.code}"
        findings.add(_check_tree(service.tree, plan.languages, budget), where)
        findings.trees += 1


def check_database(database: Database, findings: Findings) -> None:
    """The tenants that are served: their trees, and what they say while they are paused."""
    for service in all_services(database):
        where = f"{service.tenant.slug} {service.code}"
        budget = budget_of(service)
        findings.add(_check_tree(service.tree, service.tenant.languages, budget), where)
        findings.add(list(_notice_faults(service, budget)), where)
        findings.trees += 1


def _check_tree(data: object, languages: tuple[str, ...], budget: Budget) -> list[Problem]:
    try:
        tree = read_tree(data)
    except BadTree as bad:
        return bad.problems
    flows = FLOWS.keys() - NOT_IN_MENUS
    return check_tree(tree, flows, languages, (*USSD_BUDGETS, budget), limits.ROLES)


def _notice_faults(service: Service, budget: Budget) -> Iterator[Problem]:
    told = service.tenant.paused_notice
    if told:
        languages = service.tenant.languages
        yield from check_screen(
            End(Local(told)), "paused notice", languages=languages, budgets=(budget,)
        )
