"""`/metrics`: the counts of several processes are one, and what a dead one said of itself goes."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from app.errors import OperatorError
from app.local.ports import free_port
from app.metrics.serving import registry_of, watched
from app.settings import CHECKOUT, COUNTS, Settings, counts_folder

COUNTING = """
from core.metrics import series
series.hook_series("africastalking", "ussd", 200).observe(0.02)
series.BREAKERS.labels("main sms").set(1)
series.WEB_THREADS.set(4)
"""


def count_in(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", COUNTING],
        cwd=CHECKOUT,
        env=os.environ | {COUNTS: str(folder)},
        check=True,
    )


def test_what_several_processes_count_is_one_sum(tmp_path: Path) -> None:
    for _ in range(3):
        count_in(tmp_path)
    said = generate_latest(registry_of(tmp_path)).decode()
    labels = '{kind="ussd",provider="africastalking",status="200"}'
    assert f"piga_hook_seconds_count{labels} 3.0" in said
    # They have ended: nobody's breaker is open, and nobody's thread answers.
    assert "piga_breaker_open{" not in said
    assert "piga_web_threads" not in said


def test_it_is_served_where_the_settings_say(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    with watched(Settings(home=tmp_path, metrics=address)):
        folder = counts_folder()
        assert folder is not None
        count_in(folder)
        with urllib.request.urlopen(f"http://{address}/metrics") as answer:
            assert b"piga_hook_seconds_count" in answer.read()
        with (
            pytest.raises(OperatorError, match="cannot be had"),
            watched(Settings(home=tmp_path, metrics=address)),
        ):
            pass
    assert counts_folder() is None
    assert not folder.exists()


def test_without_an_address_nothing_is_served(tmp_path: Path) -> None:
    with watched(Settings(home=tmp_path)):
        assert counts_folder() is None


@pytest.mark.parametrize("address", ["9464", ":9464", "localhost:", "localhost:http", "h:70000"])
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    with pytest.raises(OperatorError, match="PIGA_METRICS"):
        Settings.load({"PIGA_METRICS": address})
