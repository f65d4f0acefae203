"""The page on adding a tenant: its folder is sound, and is applied as the page says."""

import re
from pathlib import Path

import pytest

from app.operations.tenant_folder import read_folder, rules
from app.settings import CHECKOUT
from core.db.database import Database as Core
from core.manifest.apply import apply
from core.manifest.faults import FolderFaults
from core.people.people import identify
from core.tenants.directory import Directory
from tests.support.domains import verify
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS

PAGE = CHECKOUT / "docs" / "howto" / "add-a-tenant.md"
FILE = re.compile(r"^```yaml umoja/(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = FILE.findall(PAGE.read_text())
    assert len(files) == 6
    for name, text in files:
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_pages_folder_is_applied(folder: Path, database: DatabaseUrls) -> None:
    core = Core(database.database_url)
    manifest = read_folder(folder, demo=False)
    assert apply(core, KEYS, manifest, rules(demo=False)).changes["people added"] == 2
    assert not apply(core, KEYS, manifest, rules(demo=False)).changes
    found = Directory(core).find("africastalking", "ussd", "*384*60*1*1*500#")
    assert found is not None
    assert found[0].tenant.fee_minor("contribute", 100_000) == 1_500
    with core.transaction(manifest.id) as tx:
        names = [person.name for person in identify(tx, KEYS, "+254700000601")]
    core.close()
    assert names == ["Wambui Njoki", "Kariuki Samuel"]
    assert verify(database.verify_url).ok


def test_the_pages_faults_are_told_so(folder: Path) -> None:
    for name, old, new in (
        ("people.yaml", "language: sw", "language: de"),
        ("tariffs.yaml", "    - {fee: 10.00, percent: 0.5}\n", ""),
    ):
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace(old, new))
    with pytest.raises(FolderFaults) as wrong:
        read_folder(folder, demo=False)
    page = PAGE.read_text()
    for fault in wrong.value.faults:
        assert f"{fault}\n" in page
    assert len(wrong.value.faults) == 2
