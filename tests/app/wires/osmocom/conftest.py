"""A tenant that is reached through an Osmocom core."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ibimina import FOLDER
from tests.support.osmocom import Handset, Hlr, Msc, require_hlr
from tests.support.tenants import write_folders
from tests.support.ussd import CODE, UssdTenant
from tests.support.wires import Wire

EUSE = "piga"
ACCOUNT = "village"
HLR_LINES = f"""\
euse {EUSE}
ussd route prefix *384* external {EUSE}
ncss-guard-timeout 180"""
IMSI_OF = {"uwera": "901700000000001", "habimana": "901700000000002"}
NOBODYS_IMSI = "901700000000099"


@pytest.fixture
def osmocom(tenant: UssdTenant, tmp_path: Path) -> UssdTenant:
    """The tenant, whose code is dialled at the core, too."""
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    with open(folder / "services.yaml", "a", encoding="utf-8") as file:
        file.write(f'- {{provider: osmocom, channel: ussd, code: "{CODE}", menu: menu.yaml}}\n')
    write_folders(tenant.urls.database_url, [folder])
    tenant.directory.refresh()
    return tenant


@pytest.fixture
def hlr_lines() -> str:
    return HLR_LINES


@pytest.fixture
def hlr(osmocom: UssdTenant, hlr_lines: str, tmp_path: Path) -> Iterator[Hlr]:
    require_hlr()
    with Hlr(tmp_path, hlr_lines) as running:
        for who, imsi in IMSI_OF.items():
            running.subscribe(imsi, osmocom.people[who].phones[0].lstrip("+"))
        running.subscribe(NOBODYS_IMSI)
        yield running


@pytest.fixture
def wire(osmocom: UssdTenant, hlr: Hlr, redis_url: str, tmp_path: Path) -> Iterator[Wire]:
    accounts = f"""
[accounts.{ACCOUNT}]
provider = "osmocom"
username = "{EUSE}"
base_url = "tcp://{hlr.host}"
"""
    made = Wire(tmp_path, ACCOUNT, accounts).at(osmocom, redis_url)
    made.start()
    made.until_said("connected to osmo-hlr")
    yield made
    made.close()
    assert "Traceback" not in made.said(), made.said()


@pytest.fixture
def msc(hlr: Hlr, wire: Wire) -> Iterator[Msc]:
    made = Msc(hlr.host)
    yield made
    made.close()


@pytest.fixture
def uwera(msc: Msc) -> Handset:
    return Handset(msc, IMSI_OF["uwera"])
