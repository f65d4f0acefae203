"""`piga check`'s look at tenants: as folders, and as the database has them."""

import re
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from app import domains
from app.domains.domain import Domain, Domains
from app.errors import OperatorError
from app.operations import checking
from app.operations.tenant_folder import read_folder
from app.settings import CHECKOUT
from core.manifest.services import SERVICES
from core.tenants import changes
from menus.catalogues import Gap
from menus.screens import Menu
from menus.tree_reading import read_tree
from menus.ussd import ussd_budget
from tests.support.ibimina import FOLDER, content, written
from tests.support.ussd import CODE, SPOKEN, UssdTenant

LONG = "Un libellé qui n'en finit pas " * 8


def of_database(tenant: UssdTenant) -> list[str]:
    findings = checking.Findings()
    checking.check_database(tenant.database, findings)
    return findings.lines


def narrowed(folder: Path) -> list[Any]:
    """The services of a folder, the last one on a network of 60 septets."""
    services: list[Any] = content(folder / "services.yaml")
    return [*services[:-1], {**services[-1], "settings": {"budget_septets": 60}}]


def change_tree(tenant: UssdTenant, change: Any) -> None:
    service = tenant.service()
    change(service.tree)
    tree = orjson.dumps(service.tree).decode()
    tenant.admin.execute("UPDATE service SET tree = %s WHERE id = %s", (tree, service.id))


def test_a_sound_tenant_passes(tenant: UssdTenant) -> None:
    assert of_database(tenant) == []
    findings = checking.Findings()
    checking.check_folder(FOLDER, findings)
    assert findings.lines == []
    assert findings.trees == 3


def test_what_is_wrong_in_the_database_is_told(tenant: UssdTenant) -> None:
    change_tree(tenant, lambda tree: tree["menu"][1]["text"].update(fr=LONG))
    notice = {"en": "Closed.", "rw": "Harafunze.", "fr": LONG * 4, "sw": "Kumefungwa."}
    tenant.change(changes.pause, paused=True, notice=notice)
    told = of_database(tenant)
    place = f"ibimina {CODE}: menus: main menu in fr, 160 septets"
    assert f"{place}: has a line that does not fit one page" in told
    assert any("menus: paused notice in fr" in line and "takes" in line for line in told)


def test_a_tree_that_cannot_be_read_is_told(tenant: UssdTenant) -> None:
    change_tree(tenant, lambda tree: tree["menu"][0].update(key=98))
    assert of_database(tenant) == [f"ibimina {CODE}: menus: save: key 98 is More everywhere"]


def test_a_flow_that_there_is_not_is_told(tenant: UssdTenant) -> None:
    change_tree(tenant, lambda tree: tree["menu"][0].update(flow="register"))
    assert of_database(tenant) == [f"ibimina {CODE}: menus: save: there is no flow 'register'"]


def test_the_budget_of_the_service_counts(tmp_path: Path) -> None:
    """A narrow network: what fits 160 septets does not fit 60."""
    folder = tmp_path / "narrow"
    shutil.copytree(FOLDER, folder)
    written(folder / "services.yaml", narrowed(folder))
    findings = checking.Findings()
    checking.check_folder(folder, findings)
    assert any("narrow *384*12#" in line and "60 septets" in line for line in findings.lines)


@pytest.mark.long
def test_flows_are_looked_at_on_the_budgets_of_services(tenant: UssdTenant, tmp_path: Path) -> None:
    """Once for each size and the languages spoken on it, told with the services that have it."""
    folder = tmp_path / "narrow"
    shutil.copytree(FOLDER, folder)
    services = narrowed(folder)
    written(folder / "services.yaml", [*services, {**services[-1], "code": "*384*13#"}])
    findings = checking.Findings()
    checking.check_folder(folder, findings)
    checking.check_database(tenant.database, findings)
    told = len(findings.lines)
    checking.check_services(findings)
    found = findings.lines[told:]
    assert all(line.startswith("narrow *384*12#, narrow *384*13#: ") for line in found)
    assert any("flows: topup.confirm (longest) in fr, 60 septets" in line for line in found)
    assert any("core: refusal" in line and "in rw, 60 septets" in line for line in found)
    # That of 182 septets, in the database, has room for everything.
    assert len(findings.services) == 2


def test_a_folder_is_looked_at_with_the_flows_of_its_menus() -> None:
    findings = checking.Findings()
    checking.check_folder(CHECKOUT / "fixtures" / "tenants" / "rates", findings)
    flows = checking.flows_of_folders(findings)
    assert {"rate", "language"} <= flows
    assert "contribute" not in flows


def test_no_flow_is_told_of_in_a_language_that_is_not_spoken() -> None:
    findings = checking.Findings()
    findings.note("small *1#", ussd_budget(60), ("en", "rw"))
    checking.check_services(findings)
    said = [re.findall(r" in ([a-z]{2}), 60 septets", line) for line in findings.lines]
    assert {language for languages in said for language in languages} == {"en", "rw"}
    assert all(said), "each says in which language"


def test_sizes_of_the_house_are_not_looked_at_again() -> None:
    findings = checking.Findings()
    findings.note("plain *1#", ussd_budget(), ("en",))
    assert (findings.trees, findings.services) == (1, {})


def test_a_sentence_is_owed_in_the_languages_of_those_who_meet_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Everybody meets the account's, and agents' customers those of agents."""
    found = [
        gap
        for language in ("rw", "fr", "tw", "lg")
        for gap in (
            Gap(language, "Your PIN", ("flows/account/change_pin.py",)),
            Gap(language, "Deposit", ("flows/agents/topup.py", "core/agents/messages.py")),
            Gap(language, "Save", ("flows/savings/contribute.py",)),
            Gap(language, "Too long", ("menus/sentences.py",)),
        )
    ]
    monkeypatch.setattr(checking, "gaps", lambda languages: found)
    findings = checking.Findings()
    findings.reached = {"rw": {"balances"}, "fr": {"topup", "contribute"}, "tw": {"topup"}}
    checking.check_translations(findings)
    assert [line.partition(": has")[0] for line in findings.lines] == [
        "flows: rw.po 'Your PIN'",
        "menus: rw.po 'Too long'",
        *("flows: fr.po 'Your PIN'", "flows: fr.po 'Deposit'", "flows: fr.po 'Save'"),
        "menus: fr.po 'Too long'",
    ]
    assert [line.partition(" sentences")[0] for line in findings.warnings] == [
        "tw.po, a draft, lacks 3 of the"
    ]


def test_the_flows_that_a_menu_leads_to_are_met_in_its_languages() -> None:
    findings = checking.Findings()
    checking.check_folder(FOLDER, findings)
    assert findings.reached.keys() == set(SPOKEN)
    assert findings.reached["rw"] >= {"contribute", "topup", "balances"}
    checking.check_translations(findings)
    assert (findings.lines, findings.warnings) == ([], [])


@pytest.mark.long
def test_a_domains_own_terms_are_held_against_everybodys_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "glossary.yaml"
    own.write_text("- {id: tap, says: {en: [PIN], fr: [code secret]}, never: {rw: [PIN]}}\n")
    loaded = domains.load()
    with_own = Domains.of((*loaded.all, Domain(name="water", glossary=own)))
    monkeypatch.setattr(domains, "load", lambda: with_own)
    findings = checking.Findings()
    checking.check_shared(findings)
    assert any("'Your current PIN' in fr: has another word" in line for line in findings.lines)
    assert any("in rw: has 'PIN', which is not to be said (tap)" in line for line in findings.lines)
    checking.check_folder(FOLDER, findings)
    assert any("account/pin text in rw: has 'PIN', which is not" in line for line in findings.lines)

    own.with_name("bad.yaml").write_text("- {id: deposit}\n")
    bad = Domain(name="water", glossary=own.with_name("bad.yaml"))
    monkeypatch.setattr(domains, "load", lambda: Domains.of((*loaded.all, bad)))
    with pytest.raises(OperatorError, match=r"bad\.yaml: 'deposit' is there twice"):
        checking.check_shared(findings)


def test_a_wrong_folder_is_told_by_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "wrong"
    shutil.copytree(FOLDER, folder)
    (folder / "groups.yaml").write_text("groups: [{code: x}]\n")
    findings = checking.Findings()
    checking.check_folder(folder, findings)
    assert any(line.startswith("wrong/groups.yaml:1: ") for line in findings.lines)


@pytest.mark.parametrize("business", ["ibimina", "moto", "trade", "fuel", "rates"])
def test_the_menu_of_each_business_begins_at_1(business: str) -> None:
    """With something to do there, for whoever has just registered."""
    plan = read_folder(CHECKOUT / "fixtures" / "tenants" / business, demo=True)
    trees = [read_tree(service.tree) for service in plan.of(SERVICES) if service.tree]
    assert trees
    for tree in trees:
        shown = tree.screen(tree.node(), plan.settings["new_roles"])
        assert isinstance(shown, Menu)
        assert shown.options[0].key == 1
        assert next(node for node in tree.root.items if node.key == 1).info is None
