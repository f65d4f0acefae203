"""`piga domain`: what it writes and what it refuses. The page's test runs what it writes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import domains
from app.cli import main
from app.domains.domain import Domain, Domains
from app.operations import domain_texts
from app.operations.new_domain import write_domain
from app.settings import CHECKOUT
from menus.texts import catalogue_path
from menus.tree_reading import read_tree

TREE = {
    "text": {"en": "Kiosk"},
    "menu": [{"key": 1, "id": "note", "text": {"en": "Note"}, "flow": "shop_notes"}],
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    write_domain("shop_notes", tmp_path)
    return tmp_path / "shop_notes"


@pytest.fixture
def loaded(package: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only what lies in the folder is looked at, so no module of it has to be imported here."""
    from flows.account.language import Language

    flow = type("ShopNotes", (Language,), {"name": "shop_notes"})
    domain = Domain(name="shop_notes", flows=(flow,), locales=package / "locales")
    monkeypatch.setattr(domains, "load", lambda: Domains.of((domain,)))
    return package


def test_what_is_written_has_the_projects_form(package: Path) -> None:
    assert not [path for path in package.rglob("*") if "@" in path.name]
    for path in package.rglob("*"):
        assert path.is_dir() or "@name@" not in path.read_text("utf-8").lower()
    ruff = [sys.executable, "-m", "ruff", "format", "--check", "--no-cache"]
    ruff += ["--config", str(CHECKOUT / "pyproject.toml"), str(package)]
    subprocess.run(ruff, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Lost", "A domain's name has 2 to 24 letters"),
        ("lost-card", "A domain's name has 2 to 24 letters"),
        ("a" * 25, "A domain's name has 2 to 24 letters"),
        ("class", "A domain's name has 2 to 24 letters"),
        ("savings", "There is a domain or a flow savings already."),
        ("contribute", "There is a domain or a flow contribute already."),
        ("core", "There is a package core already"),
        ("json", "There is a package json already"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path, name: str, said: str) -> None:
    done = CliRunner().invoke(main, ["domain", "new", name, "--into", str(tmp_path)])
    assert done.exit_code == 1
    assert said in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shop_notes").mkdir()
    done = CliRunner().invoke(main, ["domain", "new", "shop_notes", "--into", str(tmp_path)])
    assert (done.exit_code, "is there already" in done.output) == (1, True)
    assert list((tmp_path / "shop_notes").iterdir()) == []


def test_the_catalogues_are_written_as_they_would_be_updated(loaded: Path) -> None:
    before = {path: path.read_bytes() for path in loaded.rglob("*.po")}
    assert [one.lacking for one in domain_texts.update()] == [0, 0]
    assert {path: path.read_bytes() for path in loaded.rglob("*.po")} == before
    assert domain_texts.check_catalogues() == []


def test_a_sentence_without_a_translation_is_named(loaded: Path) -> None:
    flows = loaded / "flows.py"
    flows.write_text(flows.read_text("utf-8").replace("Keep this note?", "Keep it?"), "utf-8")
    found = [str(problem) for problem in domain_texts.check_catalogues()]
    assert any("fr.po 'Keep it?'" in problem for problem in found)
    assert any("'Keep this note?'" in problem and "no longer used" in problem for problem in found)
    assert {one.path.parents[1].name: one.lacking for one in domain_texts.update()} == {
        "en": 0,
        "fr": 1,
    }


def test_a_catalogue_is_owed_in_the_languages_that_a_tenant_speaks(loaded: Path) -> None:
    tree = read_tree(TREE)
    assert domain_texts.check_tree(tree, ("en", "fr")) == []
    (problem,) = domain_texts.check_tree(tree, ("en", "fr", "sw"))
    assert "is reached from a menu in sw, and has no sw.po" in str(problem)
    shutil.rmtree(catalogue_path("fr", loaded / "locales").parents[1])
    assert len(domain_texts.check_tree(tree, ("en", "fr"))) == 1
    assert domain_texts.check_catalogues() == []
