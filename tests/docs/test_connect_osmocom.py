"""The page on connecting an Osmocom core, carried out with a real osmo-hlr."""

import re
import shutil
from pathlib import Path

import pytest

from app.settings import CHECKOUT
from tests.support.ibimina import FOLDER
from tests.support.osmocom import CTRL, GSUP, Handset, Hlr, Msc, require_hlr
from tests.support.tenants import write_folders
from tests.support.ussd import UssdTenant
from tests.support.wires import Wire

pytestmark = pytest.mark.long

PAGE = CHECKOUT / "docs" / "howto" / "connect-osmocom.md"
BLOCK = re.compile(r"^```(?:text|toml|yaml) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = dict(BLOCK.findall(PAGE.read_text()))
SUBSCRIBER = re.compile(r"subscriber imsi (\d+) update msisdn (\d+)")


def test_a_phone_pays_by_what_the_page_says(
    tenant: UssdTenant, redis_url: str, tmp_path: Path
) -> None:
    require_hlr()
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    with open(folder / "services.yaml", "a", encoding="utf-8") as services:
        services.write(BLOCKS["services.yaml"])
    write_folders(tenant.urls.database_url, [folder])
    tenant.directory.refresh()
    kept = tenant.one("SELECT settings FROM service WHERE provider = 'osmocom'")[0]
    assert kept["budget_septets"] == 128

    found = SUBSCRIBER.search(PAGE.read_text())
    assert found is not None
    imsi, msisdn = found.groups()
    assert f"+{msisdn}" == tenant.people["uwera"].phones[0]
    with Hlr(tmp_path, BLOCKS["osmo-hlr.cfg"].removeprefix("hlr\n")) as hlr:
        hlr.subscribe(imsi, msisdn)
        accounts = BLOCKS["accounts.toml"]
        for port in (GSUP, CTRL):
            assert f"tcp://127.0.0.1:{port}" in accounts
        wire = Wire(tmp_path, "village", accounts.replace("127.0.0.1", hlr.host))
        try:
            wire.at(tenant, redis_url).start()
            wire.until_said("INFO app.wires.watch village: connected to osmo-hlr")
            msc = Msc(hlr.host)
            phone = Handset(msc, imsi)
            assert "500 RWF" in phone.dial("*384*10*1*1*500#")
            phone.type("1")
            assert phone.type("2748").startswith("Saved 500 RWF")
            assert tenant.entries() == 1
            # The neighbours of the route's code, and of the service's.
            for code in ("*384*100#", "*384*11#"):
                other = Handset(msc, imsi)
                with pytest.raises(AssertionError):
                    other.dial(code)
                assert other.told is not None
                assert other.told.facility == bytes.fromhex("a306020105020112")
            msc.close()
            assert "USSD for unknown code" in hlr.log.read_text(errors="replace")
        finally:
            wire.close()
