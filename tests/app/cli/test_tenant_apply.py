"""`piga tenant apply` shows what it would change, asks, and keeps copies from taking over."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.operations.checking import Findings, check_folder
from core.manifest import mark
from core.manifest.ids import tenant_id_of
from core.security.keyring import Keyring
from tests.support.cli import FIXTURES, KEYS, Piga, data, env_of
from tests.support.servers import DatabaseUrls

TEXTS = "+250788000270"  # the number that takes Moto's texts


@pytest.fixture
def piga(database: DatabaseUrls, tmp_path: Path) -> Piga:
    """A fresh, migrated database that is not yet tied to a key."""
    return Piga(env_of(database, tmp_path))


def codes(piga: Piga) -> list[str]:
    """The services that are open."""
    return sorted({one["service"] for one in data(piga("hooks", "--json"))})


def test_what_would_change_is_shown_and_asked_about(piga: Piga, tmp_path: Path) -> None:
    piga("migrate")
    folder = Path(shutil.copytree(FIXTURES / "moto", tmp_path / "moto"))
    assert piga("tenant", "apply", "--yes", folder).exit_code == 0
    assert (folder / mark.FILE).exists()
    services = folder / "services.yaml"
    services.write_text(services.read_text().replace("*384*20#", "*384*21#"))
    (folder / "tariffs.yaml").unlink()
    checked = piga("tenant", "apply", "--check", folder)
    assert checked.exit_code == 0
    assert checked.stdout.splitlines()[0] == (
        "moto (Moto) is here. Applying this folder would change it:"
    )
    assert [line.split()[:3] for line in checked.stdout.splitlines()[1:-1]] == [
        ["closed", "addresses", "1"],
        ["removed", "tariffs", "4"],
        ["opened", "addresses", "1"],
        ["added", "services", "1"],
    ]
    told = piga("tenant", "apply", folder)  # nobody is there to answer
    assert told.exit_code == 1
    assert "add --yes" in told.stderr
    assert codes(piga) == ["*384*20#", TEXTS]
    assert piga("tenant", "apply", "--yes", folder).exit_code == 0
    assert codes(piga) == ["*384*21#", TEXTS]


def test_a_copy_with_a_neighbours_slug_takes_nothing_over(piga: Piga, tmp_path: Path) -> None:
    piga("migrate")
    owner = Path(shutil.copytree(FIXTURES / "moto", tmp_path / "moto"))
    assert piga("tenant", "apply", "--yes", owner).exit_code == 0
    for without_mark in (False, True):
        copy = Path(shutil.copytree(owner, tmp_path / f"copy-{without_mark}"))
        if without_mark:
            (copy / mark.FILE).unlink()
        services = copy / "services.yaml"
        services.write_text(services.read_text().replace("*384*20#", "*384*77#"))
        for options in (("--check",), ("--yes",)):
            told = piga("tenant", "apply", *options, copy)
            assert told.exit_code == 1
            assert "closed" in told.stdout
            assert "does not carry the mark of moto" in told.stderr
    assert codes(piga) == ["*384*20#", TEXTS]
    told = piga("tenant", "apply", "--yes", "--adopt", copy)
    assert told.exit_code == 0
    assert codes(piga) == ["*384*77#", TEXTS]
    assert piga("tenant", "apply", copy).stdout == "moto: nothing to change.\n"


@pytest.mark.parametrize(
    ("days", "warned"), [(29, True), (31, False)], ids=["within 30 days", "later"]
)
def test_tables_that_end_soon_are_warned_of(
    piga: Piga, tmp_path: Path, days: int, warned: bool
) -> None:
    """By apply, with --check and without, and by `piga check`."""
    piga("migrate")
    folder = Path(shutil.copytree(FIXTURES / "moto", tmp_path / "moto"))
    ends = (datetime.now(UTC) + timedelta(days=days)).date()
    tariffs = folder / "tariffs.yaml"
    limit = "  kind: limit\n  valid_from: 2026-01-01\n"
    assert limit in tariffs.read_text()
    tariffs.write_text(
        tariffs.read_text().replace(limit, f"{limit}  valid_to: {ends.isoformat()}\n", 1)
    )
    sentence = f"moto: no table of topup limit holds from {ends}: it is refused then"
    for options in (("--check",), ("--yes",), ()):
        told = piga("tenant", "apply", *options, folder)
        assert told.exit_code == 0, told.output
        assert (f"Warning: {sentence}" in told.stderr.splitlines()) is warned
    findings = Findings()
    check_folder(folder, findings)
    assert (sentence in findings.warnings) is warned


def test_another_installations_mark_is_none(piga: Piga, tmp_path: Path) -> None:
    tenant_id = tenant_id_of("moto")
    mark.write_mark(tmp_path, KEYS, tenant_id, "moto")
    assert mark.is_marked(tmp_path, KEYS, tenant_id)
    assert not mark.is_marked(tmp_path, Keyring(bytes(32)), tenant_id)
    assert not mark.is_marked(tmp_path, KEYS, tenant_id_of("ibimina"))
