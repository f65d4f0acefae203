"""`piga run` with an account whose wire is a connection: started beside the rest, and again when it
is killed."""

import os
import signal
from pathlib import Path

import pytest

from tests.app.local.test_supervise import READY_S, Piga, eventually, free_port
from tests.app.wires.osmocom.conftest import EUSE, HLR_LINES
from tests.support.osmocom import Handset, Hlr, Msc, require_hlr

CONNECTED = "village: connected to osmo-hlr"
IMSI = "901700000000001"


@pytest.mark.long
def test_piga_run_keeps_the_connection(tmp_path: Path) -> None:
    require_hlr()
    with Hlr(tmp_path, HLR_LINES) as hlr:
        file = tmp_path / "accounts.toml"
        account = f'provider = "osmocom"\nusername = "{EUSE}"\nbase_url = "tcp://{hlr.host}"\n'
        file.write_text(f"[accounts.village]\n{account}", encoding="utf-8")
        file.chmod(0o600)
        piga = Piga(tmp_path / "home", free_port(), PIGA_ACCOUNTS=str(file))
        try:
            piga.wait_until_ready()
            eventually(lambda: CONNECTED in piga.said(), READY_S)
            msc = Msc(hlr.host)
            assert Handset(msc, IMSI).dial("*384*10#") == "This code is not in service."
            [(name, pid)] = [one for one in piga.children().items() if one[0].startswith("wire")]
            assert name == "wire-village"
            if os.geteuid() == 0:  # its processes are not, and the file is closed to them
                copy = piga.home / "accounts" / "accounts.toml"
                assert copy.stat().st_uid == os.stat(f"/proc/{pid}").st_uid != 0
                assert (copy.parent.stat().st_uid, mode(copy.parent)) == (0, 0o710)
                assert mode(copy) == 0o600
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: piga.said().count(CONNECTED) == 2, READY_S)
            assert Handset(msc, IMSI).dial("*384*10#") == "This code is not in service."
            msc.close()
        finally:
            code = piga.stop()
        assert code == 0
        assert "Traceback" not in piga.said(), piga.said()
        assert mode(file) == 0o600


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
