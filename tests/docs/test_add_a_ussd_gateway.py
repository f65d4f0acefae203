"""The page on adding a USSD gateway: its file is sound, and phones are served by it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import gateways
from app.errors import OperatorError
from app.operations import tenant_folder
from app.operations.servers import Core
from app.settings import CHECKOUT, Settings
from app.webhooks.addresses import list_hooks
from providers import registry
from providers.ussd_http.examples import check
from tests.support.gateways import Gateways, Time
from tests.support.ibimina import FOLDER
from tests.support.tenants import KEY, KEYS, write_folders
from tests.support.ussd import UssdTenant

PAGE = CHECKOUT / "docs" / "howto" / "add-a-ussd-gateway.md"
BLOCK = re.compile(r"^```yaml (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = dict(BLOCK.findall(PAGE.read_text()))
NAME, CODE = "acme-ussd", "*384*77#"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's file, in a folder that PIGA_GATEWAYS names."""
    folder = tmp_path / "gateways"
    folder.mkdir()
    path = folder / f"{NAME}.yaml"
    path.write_text(BLOCKS[f"gateways/{NAME}.yaml"], encoding="utf-8")
    monkeypatch.setenv("PIGA_GATEWAYS", str(folder))
    monkeypatch.setattr(registry, "_files", dict(registry._files))
    monkeypatch.setattr(registry, "_loaded", dict(registry._loaded))
    gateways.load.cache_clear()
    tenant_folder.rules.cache_clear()
    yield path
    gateways.load.cache_clear()
    tenant_folder.rules.cache_clear()


def test_the_pages_file_is_sound_and_its_faults_are_told_so(file: Path) -> None:
    assert check(file) == []
    text, page = file.read_text(), PAGE.read_text()
    for old, new in (('text: "1"}', 'text: "2"}'), ("  text: typed", "  textt: typed")):
        assert old in text
        file.write_text(text.replace(old, new))
        found = check(file)
        assert found
        assert any(f"{fault}\n" in page for fault in found), found


def test_the_page_names_every_gateway_of_ours() -> None:
    page = PAGE.read_text()
    for name in registry.gateway_files():
        assert f"`{name}`" in page, name


def test_a_phone_is_served_by_it(file: Path, tmp_path: Path, tenant: UssdTenant) -> None:
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    with open(folder / "services.yaml", "a", encoding="utf-8") as services:
        services.write(BLOCKS["services.yaml"])
    write_folders(tenant.urls.database_url, [folder])
    tenant.directory.refresh()
    core = Core(Settings(home=tmp_path, key=KEY.hex()), tenant.database, KEYS)
    [hook] = [one for one in list_hooks(core) if one["provider"] == NAME]
    web = Gateways(tenant, Time())
    assert urlsplit(hook["url"]).path == web.path(NAME, CODE)

    def send(kind: str, typed: str) -> dict[str, object]:
        number = tenant.people["uwera"].phones[0].lstrip("+")
        body = json.dumps({"sid": "77", "caller": number, "kind": kind, "typed": typed}).encode()
        status, told, _ = web.ask(NAME, body, CODE)
        assert status == 200
        shown = json.loads(told)
        assert isinstance(shown, dict)
        return shown

    menu = send("NEW", CODE)
    assert (menu["sid"], menu["more"]) == ("77", True)
    assert send("ANSWER", "1")["show"] != menu["show"]
    assert send("ANSWER", "00")["show"] == menu["show"]
    kept = tenant.one("SELECT settings FROM service WHERE provider = %s", NAME)
    assert kept[0] == {"budget_septets": 182}


def test_a_folder_that_is_wrong_stops_the_start(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(file.read_text().replace("caller", "caller: x", 1))
    gateways.load.cache_clear()
    with pytest.raises(OperatorError, match=rf"PIGA_GATEWAYS: {NAME}.yaml:\d+: "):
        gateways.load()
    monkeypatch.setenv("PIGA_GATEWAYS", str(file.parent / "gone"))
    gateways.load.cache_clear()
    with pytest.raises(OperatorError, match="PIGA_GATEWAYS: there is no folder"):
        gateways.load()
