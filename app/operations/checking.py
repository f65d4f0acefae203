"""Everything that can be checked without a phone: texts, flows, and every tenant's menu trees."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app import domains, gateways
from app.domains.domain import Domain
from app.operations import domain_texts
from app.operations.ending_tariffs import warnings_of, warnings_of_all
from app.operations.glossaries import terms
from app.operations.refusals import all_refusals
from app.operations.tenant_folder import read_folder
from checks.check import check_flows, check_refusals, check_screens
from checks.conversations import Cost, check_costs, costs_of
from checks.explore import Explored, explore
from checks.messages import check_messages
from core.db.database import Database
from core.manifest.faults import FolderFaults
from core.manifest.services import SERVICES
from core.money.manifest import TARIFFS
from core.payments.wallets import PAYMENTS
from core.tenants.directory import Service, all_services
from engine.moves import REGISTER
from engine.render import budget_of
from menus.budget import Budget
from menus.catalogues import gaps
from menus.check import (
    USSD_BUDGETS,
    check_screen,
    check_texts,
    check_tree,
    check_tree_words,
    check_words,
)
from menus.languages import BY_CODE, LANGUAGES
from menus.screens import End
from menus.texts import Local
from menus.tree_reading import BadTree, read_tree
from menus.ussd import ussd_budget
from providers import registry
from values.problems import Problem

# A size of page, and the languages that are spoken on it.
Size = tuple[Budget, tuple[str, ...]]


@dataclass
class Findings:
    """What was found, a line each, and how much was looked at. `warnings` are not wrong yet.
    `services` are those whose pages are of another size than the usual ones; `reached` has, by
    language, the flows that menus lead to whose tenants speak it. `only` these flows are looked at,
    where it is not None."""

    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    flows: int = 0
    trees: int = 0
    services: dict[Size, list[str]] = field(default_factory=dict)
    reached: dict[str, set[str]] = field(default_factory=dict)
    only: frozenset[str] | None = None

    def add(self, problems: list[Problem], where: str = "") -> None:
        self.lines += [f"{where}: {problem}" if where else str(problem) for problem in problems]

    def note(self, service: str, budget: Budget, languages: tuple[str, ...]) -> None:
        """A service's tree was looked at; for `check_services`."""
        self.trees += 1
        if budget not in USSD_BUDGETS:
            services = self.services.setdefault((budget, languages), [])
            if service not in services:
                services.append(service)


def check_shared(findings: Findings) -> None:
    """The sentences, the flows and the texts that are sent, which all tenants share."""
    findings.add(check_texts())
    findings.add(check_words(terms()))
    findings.add(domain_texts.check_catalogues())
    findings.add(domain_texts.check_words(terms()))
    ours = domains.load()
    only = findings.only
    findings.add(check_flows(ours.flows, explored_flows(only), only))
    findings.add(check_refusals(all_refusals()))
    findings.add(check_costs(_costs(only), ours.samples.goals))
    findings.add(check_messages(tuple(ours.messages.values()), ours.samples.values))
    findings.flows += len(ours.flows if only is None else only)


def check_gateways(findings: Findings) -> None:
    """The files of USSD gateways, ours and those of PIGA_GATEWAYS: their examples are carried out.
    Raises OperatorError where a folder cannot be taken."""
    from providers.ussd_http import examples

    gateways.load()
    for path in registry.gateway_files().values():
        findings.lines += examples.check(path)


def check_services(findings: Findings) -> None:
    """The flows again, on each other size of page that the services looked at so far have. What
    the usual sizes had not shown is found, with the services' names."""
    for (budget, languages), services in findings.services.items():
        sizes: dict[str, Any] = {"languages": languages, "budgets": (budget,)}
        explored = explored_flows(findings.only)
        found = check_screens(domains.load().flows, explored, **sizes) + check_refusals(
            all_refusals(), **sizes
        )
        new = [problem for problem in found if str(problem) not in findings.lines]
        findings.add(new, ", ".join(services))


def check_translations(findings: Findings) -> None:
    """What is not translated, in the languages that the tenants looked at so far speak. Of a domain
    that a menu leads into, only the languages of such menus count. What a draft lacks is said in
    English, so that it is a warning."""
    spoken = tuple(language for language in LANGUAGES if language in findings.reached)
    found = gaps(languages=spoken)
    for language in spoken:
        lacking = [
            gap
            for gap in found
            if gap.language == language
            and any(_is_met(_domain_of(file), findings.reached[language]) for file in gap.files)
        ]
        if not BY_CODE[language].draft:
            findings.add([gap.problem for gap in lacking])
        elif lacking:
            count = f"{len(lacking)} of the sentences that its readers meet"
            findings.warnings.append(f"{language}.po, a draft, lacks {count}: they read English")


def _domain_of(file: str) -> Domain | None:
    """The domain whose sentences stand in a file of the checkout; None for those of all."""
    room, _, rest = file.partition("/")
    name = rest.partition("/")[0]
    if room not in ("core", "flows"):
        return None
    return next((domain for domain in domains.load().all if domain.name == name), None)


def _is_met(domain: Domain | None, reached: Collection[str]) -> bool:
    """Whether people meet a domain where menus lead to these flows: everybody meets that which
    registers them, and those with nothing in a menu."""
    if domain is None:
        return True
    names = {flow.name for flow in domain.flows}
    in_menus = names - domain.entered_by_engine
    return REGISTER in names or not in_menus or not in_menus.isdisjoint(reached)


@cache
def _costs(only: frozenset[str] | None = None) -> dict[tuple[str, str], Cost]:
    """What conversations in chats take, by flow and language."""
    ours = domains.load()
    brought = ours.samples
    return costs_of(ours.flows, brought.scenarios, brought.answers, brought.goals, only)


@cache
def explored_flows(only: frozenset[str] | None = None) -> Explored:
    """Every conversation of every flow, or of these, held once a process."""
    ours = domains.load()
    return explore(ours.flows, ours.samples.scenarios, ours.samples.answers, only)


def flows_of_folders(findings: Findings) -> frozenset[str]:
    """The flows that the menus looked at so far lead to, and those of domains from elsewhere."""
    brought = {
        flow.name
        for domain in domains.further()
        for flow in domain.flows
        if flow.name not in domain.entered_by_engine
    }
    return frozenset(brought.union(*findings.reached.values()))


def check_folder(folder: Path, findings: Findings) -> None:
    """A tenant as a folder: all of it, and its trees on the budgets of its services."""
    try:
        plan = read_folder(folder, demo=True)
    except FolderFaults as wrong:
        findings.lines += [f"{folder.name}/{fault}" for fault in wrong.faults]
        return
    findings.warnings += warnings_of(folder.name, [*plan.of(TARIFFS)])
    for service in plan.of(SERVICES):
        settings = service.kept_settings()
        budget = ussd_budget(
            int(settings.get("budget_septets", USSD_BUDGETS[0].septets)),
            ucs2=bool(settings.get("ucs2", False)),
        )
        where = f"{folder.name} {service.code}"
        findings.add(_check_tree(service.tree, plan.languages, budget, findings), where)
        findings.note(where, budget, plan.languages)


def check_database(database: Database, findings: Findings) -> None:
    """The tenants that are served: their trees, and what they say while they are paused."""
    findings.warnings += warnings_of_all(database)
    for service in all_services(database):
        if service.channel == PAYMENTS:
            continue  # a wallet: nobody reads a menu there
        where = f"{service.tenant.slug} {service.code}"
        budget = budget_of(service)
        languages = service.tenant.languages
        findings.add(_check_tree(service.tree, languages, budget, findings), where)
        findings.add(list(_notice_faults(service, budget)), where)
        findings.note(where, budget, languages)


def _check_tree(
    data: object, languages: tuple[str, ...], budget: Budget, findings: Findings
) -> list[Problem]:
    try:
        tree = read_tree(data)
    except BadTree as bad:
        return bad.problems
    for language in languages:
        findings.reached.setdefault(language, set()).update(tree.flow_names())
    ours = domains.load()
    found = check_tree(tree, ours.in_menus, languages, (*USSD_BUDGETS, budget), ours.roles)
    return found + check_tree_words(tree, terms()) + domain_texts.check_tree(tree, languages)


def _notice_faults(service: Service, budget: Budget) -> Iterator[Problem]:
    notice = service.tenant.paused_notice
    if notice:
        languages = service.tenant.languages
        yield from check_screen(
            End(Local(notice)), "paused notice", languages=languages, budgets=(budget,)
        )
