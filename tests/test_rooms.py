"""The rules of the rooms: arrows run down only, one thing a file, nothing left undone; and each
planted breach turns the checks red."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import bare_environment

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "checks", "core", "engine", "flows", "menus", "providers", "values", "workers")
SOURCES = (*ROOMS, "bench", "bin", "tests")
LINES_MAXIMUM = 450
# Words of what is not finished, and of what is none of the project's business.
UNDONE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def python_files() -> Iterator[Path]:
    for room in SOURCES:
        yield from (path for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts)


def test_nothing_is_left_undone() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in python_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNDONE.search(line) and path != Path(__file__)
    ]
    assert found == []


def test_no_file_needs_a_table_of_contents() -> None:
    long = [
        f"{path.relative_to(ROOT)} has {lines} lines"
        for path in python_files()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LINES_MAXIMUM
    ]
    assert long == []


def test_every_module_says_what_it_is() -> None:
    mute = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in ROOMS
        and (text := path.read_text(encoding="utf-8")).strip()
        and not ast.get_docstring(ast.parse(text))
    ]
    assert mute == []


def test_marks_stand_where_make_looks_for_them() -> None:
    """`make long` reads only the files of tests that have a mark in them."""
    marked = re.compile(r"mark\.(?:long|every_postgres)\b")
    elsewhere = [
        str(path.relative_to(ROOT))
        for room in ("tests", "providers")
        for path in (ROOT / room).rglob("*.py")
        if not path.name.startswith("test_") and marked.search(path.read_text())
    ]
    assert elsewhere == []


def test_only_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
    }
    assert readers == {"app/settings.py"}


# --- the checks, and what turns them red ----------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the rooms, to plant faults in."""
    for room in (*ROOMS, "fixtures"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(copy: Path, *command: str) -> tuple[int, str]:
    """What a command says in the copy, and its exit code."""
    environment = bare_environment() | {"PYTHONPATH": str(copy), "PIGA_HOME": str(copy / "home")}
    # Compiled once, and not in the copy.
    environment["PYTHONPYCACHEPREFIX"] = str(copy.with_name(f"{copy.name}.compiled"))
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


CHECK = ("-m", "app.cli", "check")
LAYERS = ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")


# A file of the copy, what stands in it, what is planted there, and what is then told of it.
FAULTS = {
    "an over-long confirmation": (
        "flows/agents/topup.py",
        '_("Deposit for {customer}?", customer=customer)',
        '_("Deposit for {customer}?", customer=customer * 12)',
        "flows: topup.confirm (longest) in en, 160 septets: has a line that does not fit one page",
    ),
    "a missing translation": (
        "menus/locales/sw/LC_MESSAGES/piga.po",
        'msgstr "Chagua jina lako"',
        'msgstr ""',
        "flows: sw.po 'Choose your name': has no translation",
    ),
    "a dead end": (
        "flows/savings/contribute.py",
        '        ["answer", "amount", "confirm"],\n',
        "",
        "flows: contribute.amount: is a dead end: no answer leads on from it",
    ),
    "the same text in another dress": (
        "flows/account/language.py",
        '_("Your language is changed.")',
        '(_("Your language is changed."), _("your  LANGUAGE is changed"))[0]',
        "says the same as",
    ),
    "an over-long label of a tenant": (
        "fixtures/tenants/trade/menu.yaml",
        'fr: "Solde"',
        'fr: "' + "Le solde de votre compte " * 8 + '"',
        ": main menu in fr, 160 septets: has a line that does not fit one page",
    ),
    "an over-long receipt": (
        "menus/locales/fr/LC_MESSAGES/piga.po",
        "Payez {amount} en espèces, dont frais {fee}.",
        "Payez le montant de {amount} en espèces, dont frais {fee}.",
        "texts: topup_customer (cents) in fr: takes 2 segments (171 septets), and 1 is the most",
    ),
    "keys that collide": (
        "fixtures/tenants/moto/menu.yaml",
        "  - key: 4\n",
        "  - key: 3\n",
        ": main menu: has the key 3 twice",
    ),
}
BREACHES = {
    "core/savings/groups.py": ("import menus.texts", "core.savings.groups -> menus.texts"),
    "menus/screens.py": ("import core.money.errors", "menus.screens -> core.money.errors"),
    "engine/turn/ussd.py": (
        "import workers.queue.worker",
        "engine.turn.ussd -> workers.queue.worker",
    ),
    "providers/contracts/ussd.py": (
        "import core.db.database",
        "providers.contracts.ussd -> core.db.database",
    ),
    "workers/sending/send.py": ("import app.settings", "workers.sending.send -> app.settings"),
}


@pytest.mark.long
def test_the_checks_are_green_until_faults_are_planted(copy: Path) -> None:
    code, said = run(copy, *CHECK)
    assert code == 0, said
    for name, old, new, _ in FAULTS.values():
        text = (copy / name).read_text(encoding="utf-8")
        assert old in text, f"there is no {old} in {name}"
        (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    code, said = run(copy, *CHECK)
    assert code == 1
    assert "Traceback" not in said
    for fault, (*_, told) in FAULTS.items():
        assert told in said, fault


def test_the_layers_are_kept_until_they_are_breached(copy: Path) -> None:
    code, said = run(copy, *LAYERS)
    assert code == 0, said
    for name, (line, _) in BREACHES.items():
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    code, said = run(copy, *LAYERS)
    assert code == 1
    for _, told in BREACHES.values():
        assert told in said
