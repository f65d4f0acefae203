"""One log line an event: its time, what it is about, and what only a demo may explain."""

import json
import logging
import os
import re
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app import logs
from app.errors import OperatorError
from app.logs import Formatter
from app.settings import CHECKOUT
from tests.support.servers import DatabaseUrls
from values.alarms import raise_alarm
from values.ids import uuid7


def fail(text: str) -> None:
    raise KeyError(text)


def record(fault: BaseException, **fields: object) -> logging.LogRecord:
    log = logging.getLogger("engine.turn.ussd")
    return log.makeRecord(
        log.name,
        logging.ERROR,
        __file__,
        1,
        "turn failed: %s\nwhere",
        (type(fault).__name__,),
        None,
        extra={**fields, "fault": fault},
    )


@pytest.fixture
def fault() -> BaseException:
    with pytest.raises(KeyError) as raised:
        fail("2748")
    return raised.value


def test_a_line_has_its_time_and_ids_and_nothing_that_was_typed(fault: BaseException) -> None:
    line = Formatter(demo=False).format(record(fault, tenant="ibimina", session="ab12", turn=4))
    assert re.fullmatch(
        r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ERROR engine\.turn\.ussd"
        r" turn failed: KeyError tenant=ibimina session=ab12 turn=4\nwhere",
        line,
    )


def test_a_demo_shows_the_developer_the_frames_of_the_checkout(fault: BaseException) -> None:
    line = Formatter(demo=True).format(record(fault))
    assert "  tests/app/test_logs.py:24 in fail: raise KeyError(text)\n" in line
    assert line.endswith("KeyError: '2748'")
    assert "site-packages" not in line
    assert sys.prefix not in line


def test_a_demo_shows_the_frames_of_domains_outside_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("lost_card", "other"):
        code = tmp_path / name / "core.py"
        code.parent.mkdir()
        code.write_text("def add():\n    raise KeyError(1)\n")
        module: dict[str, Any] = {}
        exec(compile(code.read_text(), str(code), "exec"), module)
        with pytest.raises(KeyError) as raised:
            module["add"]()
        monkeypatch.setenv("PIGA_DOMAINS", str(tmp_path / "lost_card"))
        line = Formatter(demo=True).format(record(raised.value))
        shown = f"  {name}/core.py:2 in add: raise KeyError(1)\n" in line
        assert shown == (name == "lost_card")


def test_a_demo_shows_the_developer_the_databases_sentence(database: DatabaseUrls) -> None:
    with pytest.raises(psycopg.Error) as raised, psycopg.connect(database.owner_url) as connection:
        connection.execute("SELECT groop FROM savings_group")
    line = Formatter(demo=True).format(record(raised.value))
    assert 'UndefinedColumn: column "groop" does not exist' in line
    assert "groop" not in Formatter(demo=False).format(record(raised.value))


def test_every_room_of_ours_says_what_it_does() -> None:
    """A room that is not named would be silent but for its warnings."""
    rooms = {file.parent.name for file in CHECKOUT.glob("*/__init__.py")} - {"tests", "bench"}
    assert rooms == set(logs.ROOMS)


def test_as_json_an_event_is_one_object_without_what_was_typed(
    fault: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIGA_LOG", "json")
    written = record(fault, tenant="ibimina", session="4f0c", turn=4, place="")
    line = logs.formatter().format(written)
    assert "\n" not in line
    assert "2748" not in line
    said = json.loads(line)
    assert said.pop("time").endswith("Z")
    assert said == {
        "level": "ERROR",
        "logger": "engine.turn.ussd",
        "message": "turn failed: KeyError",
        "where": "where",
        "pid": os.getpid(),
        "tenant": "ibimina",
        "session": "4f0c",
        "turn": 4,
    }


def test_as_json_an_alarm_has_its_kind(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIGA_LOG", "json")
    tenant_id = uuid7()
    raise_alarm(logging.getLogger("app"), "wrong_pins", "all", "Many.", tenant_id=tenant_id)
    said = json.loads(logs.formatter().format(caplog.records[-1]))
    assert (said["alarm"], said["tenant"]) == ("wrong_pins", str(tenant_id))


def test_another_word_for_how_to_log_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIGA_LOG", "yaml")
    with pytest.raises(OperatorError, match="PIGA_LOG"):
        logs.formatter()
