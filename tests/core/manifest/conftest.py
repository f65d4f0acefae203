"""A tenant's folder that a test may change, and the database that it is applied to."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from app.operations.tenant_folder import read_folder, rules
from app.settings import CHECKOUT
from core.db.database import Database as Core
from core.manifest.apply import Applied, apply
from core.manifest.faults import FolderFaults
from core.manifest.ids import id_of, tenant_id_of
from tests.support.domains import verify
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS

FIXTURES = CHECKOUT / "fixtures" / "tenants"
CODE = "*384*10#"


class Folder:
    """A copy of a tenant of the demo, the savings groups, that a test may change."""

    def __init__(self, path: Path, core: Core, slug: str = "ibimina") -> None:
        shutil.copytree(FIXTURES / slug, path)
        self.path = path
        self.core = core
        self.tenant_id = tenant_id_of(slug)

    def change(self, file: str, change: Callable[[object], object]) -> None:
        path = self.path / file
        data = yaml.safe_load(path.read_text())
        path.write_text(yaml.safe_dump(change(data), allow_unicode=True, sort_keys=False))

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text()
        assert old in text
        (self.path / file).write_text(text.replace(old, new))

    def apply(self, *, may_renumber: bool = False) -> Applied:
        manifest = read_folder(self.path, demo=True)
        return apply(self.core, KEYS, manifest, rules(demo=True), may_renumber=may_renumber)

    def faults(self) -> list[str]:
        with pytest.raises(FolderFaults) as wrong:
            self.apply()
        return [str(fault) for fault in wrong.value.faults]

    def one(self, query: str, *params: object) -> object:
        with self.core.transaction(self.tenant_id) as tx:
            row = tx.one(query, params)
        return row[0] if row else None

    def person(self, key: str) -> uuid.UUID:
        return id_of(self.tenant_id, "person", key)


@pytest.fixture
def folder(database: DatabaseUrls, tmp_path: Path) -> Iterator[Folder]:
    core = Core(database.database_url)
    yield Folder(tmp_path / "ibimina", core)
    core.close()
    report = verify(database.verify_url)
    assert [check.name for check in report.checks if not check.ok] == []
