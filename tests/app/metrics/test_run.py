"""`/metrics` of a whole Piga: one address for all its processes, and none on the hooks' port."""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.local.ports import free_port
from app.settings import CHECKOUT
from tests.app.local.test_supervise import Piga
from tests.support.waiting import until

HOOK = re.compile(r"http\S+/hooks/africastalking/ussd/\S+")
COUNTED_WITHIN_S = 30.0


def scraped(address: str) -> str:
    """Nothing, while the process that answers has only just been started."""
    try:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
            text: str = answer.read().decode()
    except urllib.error.URLError:
        return ""
    return text


def dial(piga: Piga) -> str:
    """The first screen of the demo's fuel."""
    said = subprocess.run(
        [sys.executable, "-m", "app.cli", "hooks"],
        cwd=CHECKOUT,
        env=piga.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = HOOK.search(said.partition("*384*40#")[2])
    assert found
    fields = {
        "sessionId": "one",
        "serviceCode": "*384*40#",
        "phoneNumber": "+233241000101",
        "text": "",
    }
    with urllib.request.urlopen(found[0], urlencode(fields).encode(), timeout=20) as answer:
        screen: str = answer.read().decode()
    return screen


@pytest.mark.long
def test_one_address_answers_for_all_processes(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    piga = Piga(tmp_path / "home", free_port(), PIGA_DEMO="1", PIGA_METRICS=address)
    try:
        piga.wait_until_ready()
        assert dial(piga).startswith("CON ")
        # The web server counts the callback, the relay the turn, and the schedule answers for them.
        wanted = (
            'piga_hook_seconds_count{kind="ussd",provider="africastalking",status="200"} 1.0',
            'piga_turns_total{outcome="shown",tenant="fuel"} 1.0',
            'piga_facts_up{part="postgres"} 1.0',
            'piga_workers{queue="send"} 1.0',
            "piga_web_threads 128.0",  # 64 in each of two processes
        )
        until(lambda: all(line in scraped(address) for line in wanted), COUNTED_WITHIN_S)
        assert piga.get("/metrics") == 404, "providers reach that port"
        assert "starts again" not in piga.said(), "what counts ends nobody"
        folder = piga.home / "metrics"
        assert folder.stat().st_mode & 0o077 == 0
        assert list(folder.iterdir())
    finally:
        piga.stop()
