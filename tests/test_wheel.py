"""The wheel that is installed somewhere holds what the checkout does."""

import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import bare_environment

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "checks", "core", "engine", "flows", "menus", "providers", "values", "workers")
# Nothing that runs reads these: captured payloads, and pages for whoever writes a provider.
LEFT_OUT = ("tests", "fixtures", "__pycache__")
TEMPLATES = "new_domain_files"  # a new domain has tests of its own


def in_the_tree() -> Iterator[str]:
    """Every file of the rooms that belongs into the wheel."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            relative = path.relative_to(ROOT)
            left_out = set(LEFT_OUT) & set(relative.parts) and TEMPLATES not in relative.parts
            if path.is_file() and not left_out and path.suffix != ".md":
                yield relative.as_posix()


def test_package_data_is_what_lies_beside_the_code() -> None:
    """Without building one: each kind of file in the rooms has its pattern, and each pattern a
    file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    kinds = {f"**/*{Path(name).suffix}" for name in in_the_tree() if not name.endswith(".py")}
    assert sorted(kinds) == sorted(patterns)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, source],
        check=True,
    )
    [made] = folder.glob("*.whl")
    return made


@pytest.mark.long
def test_a_wheel_has_every_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert sorted(names) == sorted(in_the_tree())


@pytest.mark.long
def test_an_installed_wheel_writes_a_domain(wheel: Path, tmp_path: Path) -> None:
    """Far from the checkout, of which nothing can be read by chance."""
    venv.create(tmp_path / "venv")
    [packages] = (tmp_path / "venv").glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # What Piga stands on, as it is installed here; but not the checkout.
    own = [path for path in sys.path if path.endswith("site-packages")]
    code = (
        f"import sys; sys.path += {own!r}; import app.settings, app.cli;"
        " print(app.settings.CHECKOUT); sys.argv = ['piga', *sys.argv[1:]]; app.cli.main()"
    )
    said = subprocess.run(
        [tmp_path / "venv/bin/python", "-c", code, "domain", "new", "cards", "--into", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=bare_environment(),
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[0] == str(packages)
    assert (tmp_path / "cards" / "locales" / "fr" / "LC_MESSAGES" / "piga.po").exists()
    assert (tmp_path / "cards" / "migrations" / "cards_0001_notes.py").exists()
