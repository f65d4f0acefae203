"""`piga run --reload`: what was changed is taken up while it runs."""

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local.reload import TENANTS, Changes, is_tenants, watched
from app.settings import CHECKOUT
from tests.app.local.test_supervise import READY_S, Piga, eventually, free_port
from workers.jobs.kinds import QUEUES


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[tuple[Changes, threading.Event]]:
    woken = threading.Event()
    changes = Changes(woken.set, folder)
    changes.start()
    try:
        time.sleep(0.5)  # until the kernel watches
        yield changes, woken
    finally:
        changes.stop()


def test_what_a_process_reads_is_seen_once(tmp_path: Path) -> None:
    with watching(tmp_path) as (changes, woken):
        for name in ("flow.py", "notes.txt", "rw.po"):
            (tmp_path / name).write_text("new")
        assert woken.wait(10)
        seen: set[Path] = set()
        until = time.monotonic() + 10
        while len(seen) < 2 and time.monotonic() < until:
            seen |= changes.take()
            time.sleep(0.05)
        assert {path.name for path in seen} == {"flow.py", "rw.po"}
        assert changes.take() == set()


def test_a_tenants_file_is_told_from_code() -> None:
    assert is_tenants(TENANTS / "moto" / "menu.yaml")
    assert not is_tenants(CHECKOUT / "flows" / "__init__.py")


def write_again(path: Path) -> None:
    """As an editor does, with nothing changed in it."""
    draft = path.with_suffix(".draft")
    shutil.copy2(path, draft)
    os.utime(draft)
    draft.rename(path)


@pytest.mark.long
def test_processes_start_again_with_changed_code(tmp_path: Path) -> None:
    piga = Piga(tmp_path / "home", free_port(), "--reload").wait_until_ready()
    try:
        everybody = {"web", "cron", "relay", *(f"worker-{queue}" for queue in QUEUES)}
        eventually(lambda: set(piga.children()) == everybody, READY_S)
        before = piga.children()
        write_again(CHECKOUT / "flows" / "__init__.py")
        eventually(
            lambda: (
                set(piga.children()) == everybody
                and not set(piga.children().values()) & set(before.values())
            ),
            READY_S,
        )
        eventually(lambda: piga.get("/readyz") == 200, READY_S)
        assert "piga: flows/__init__.py changed; reloading" in piga.said()
    finally:
        assert piga.stop() == 0


def test_domains_outside_the_checkout_are_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tmp_path not in watched()
    monkeypatch.setenv("PIGA_DOMAINS", str(tmp_path))
    assert tmp_path in watched()
    assert CHECKOUT / "flows" in watched()
