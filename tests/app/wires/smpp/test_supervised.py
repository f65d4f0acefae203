"""`piga run` with a bind: a tenant's folder, a text and its reply, USSD, and the process killed."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import CHECKOUT
from providers.smpp.fake import Centre
from tests.app.local.test_supervise import READY_S, Piga, eventually, free_port
from tests.support.ibimina import FOLDER, without_pins
from tests.support.smpp import ACCOUNT
from tests.support.ussd import CODE

pytestmark = pytest.mark.long

BOUND = "main: bound"
NUMBER = "+250788777001"
SERVICES = """
- {provider: smpp, channel: ussd, code: "*384*10#", menu: menu.yaml, settings: {account: main}}
- {provider: smpp, channel: sms, code: "8100", menu: menu.yaml, settings: {account: main}}
"""


def test_piga_run_keeps_the_bind_and_all_that_goes_over_it(tmp_path: Path) -> None:
    with Centre(accounts={"piga": "pw"}) as centre:
        file = tmp_path / "accounts.toml"
        file.write_text(ACCOUNT.format(url=centre.url))
        file.chmod(0o600)
        piga = Piga(tmp_path / "home", free_port(), PIGA_ACCOUNTS=str(file))
        try:
            piga.wait_until_ready()
            eventually(lambda: BOUND in piga.said(), READY_S)
            _apply(piga, tmp_path / "ibimina")
            call = centre.dial(NUMBER, CODE)
            assert "Ibimina" in call.screens[0]
            _texts(centre, "menu", 1)
            [pid] = [pid for name, pid in piga.children().items() if name.startswith("wire")]
            if os.geteuid() == 0:
                assert os.stat(f"/proc/{pid}").st_uid != 0
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: piga.said().count(BOUND) == 2, READY_S)
            _texts(centre, "hello", 2)
        finally:
            code = piga.stop()
        assert code == 0
        assert "Traceback" not in piga.said(), piga.said()
        assert "pw" not in re.findall(r"\w+", piga.said())


def _apply(piga: Piga, folder: Path) -> None:
    shutil.copytree(FOLDER, folder)
    (folder / "services.yaml").write_text(SERVICES)
    without_pins(folder)
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "tenant", "apply", "--yes", str(folder)],
        cwd=CHECKOUT,
        env=piga.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _texts(centre: Centre, text: str, count: int) -> None:
    """Write a text, and wait for the reply: through the inbox, a worker, another and the bind."""
    centre.text(NUMBER, "8100", text)
    assert centre.wait(lambda: len(centre.handset.texts(NUMBER)) == count, 60)
    assert centre.handset.senders(NUMBER)[-1] == "8100"
    assert centre.wait(lambda: centre.undelivered == 0)
