"""tenant.yaml: what a tenant keeps for less than the house does."""

import shutil
from pathlib import Path

from app.operations.tenant_folder import read_folder
from tests.core.manifest.test_faults import FIXTURES, faults, write


def test_what_is_kept_for_less_is_of_a_kind_that_is_kept_for_a_while(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FIXTURES / "ibimina", tmp_path / "ibimina"))
    tenant = (folder / "tenant.yaml").read_text()
    assert "settings:\n" in tenant

    def with_days(days: str) -> str:
        return tenant.replace("settings:\n", f"settings:\n  keep_days: {{{days}}}\n")

    write(folder, "tenant.yaml", with_days("files: 30, exports: 2"))
    assert read_folder(folder, demo=True).settings["keep_days"] == {
        "files": 30,
        "exports": 2,
    }
    for days, expected in (
        ("receipts: 9", "receipts is none of broadcasts, chats, emails, exports, files"),
        ("files: 400", "files: 7 to 90 days are possible here"),
        ("files: soon", "a whole number from 1 to 3650 is needed here"),
    ):
        write(folder, "tenant.yaml", with_days(days))
        assert any(expected in told for told in faults(folder)), faults(folder)
