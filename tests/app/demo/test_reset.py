"""`piga demo reset` while a demo runs: nobody remembers what was before, neither we nor phones."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from providers.simulator.inbox import Text, Texts
from providers.simulator.process import TEXTS_FILE
from tests.app.demo.conftest import DemoPiga
from tests.app.demo.test_phone_conversations import HABIMANA, HABIMANA_PIN, IBIMINA, Api

pytestmark = pytest.mark.long

SMS_WITHIN_S = 20.0


def inbox(api: Api, number: str) -> list[dict[str, str]]:
    status, texts = api.ask("GET", f"inbox?msisdn=%2B{number[1:]}")
    assert status == 200
    assert isinstance(texts, list)
    return texts


def test_who_paid_before_it_sees_the_plain_menu(demo_piga: DemoPiga) -> None:
    api = Api(demo_piga)
    menu = api.dial(HABIMANA, IBIMINA)
    hop = menu
    for answer in ("1", "1", "1700", "1", HABIMANA_PIN):
        hop = api.do("answer", session=hop["session"], answer=answer)
    assert "Saved 1,700 RWF" in hop["screen"]
    until = time.monotonic() + SMS_WITHIN_S
    while not any("1,700 RWF" in text["text"] for text in inbox(api, HABIMANA)):
        assert time.monotonic() < until
        time.sleep(0.1)
    told = CliRunner().invoke(main, ["demo", "reset", "--yes"], env=demo_piga.configured)
    assert (told.exit_code, told.output) == (0, "The demo begins again.\n")
    assert inbox(api, HABIMANA) == []
    assert api.dial(HABIMANA, IBIMINA)["screen"] == menu["screen"]


def test_a_demo_that_is_in_the_middle_of_something_begins_anew_too(demo_piga: DemoPiga) -> None:
    api = Api(demo_piga)
    menu = api.dial(HABIMANA, IBIMINA)
    api.do("answer", session=menu["session"], answer="1")
    assert "Continuing" in api.dial(HABIMANA, IBIMINA)["screen"]
    CliRunner().invoke(main, ["demo", "reset", "--yes"], env=demo_piga.configured)
    assert api.dial(HABIMANA, IBIMINA)["screen"] == menu["screen"]


def test_texts_are_forgotten_while_no_demo_runs(demo_piga: DemoPiga, tmp_path: Path) -> None:
    """And what cannot be forgotten is told."""
    file = tmp_path / "fakes" / TEXTS_FILE
    kept = Texts(file)
    for account in ("ibimina", "mine"):
        kept.add(Text(account, "2026-11-20T10:00:00Z", account, "X", HABIMANA, "Paid.", 101))
    kept.close()
    nowhere = {"PIGA_HOME": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"}
    told = CliRunner().invoke(main, ["demo", "reset", "--yes"], env=demo_piga.configured | nowhere)
    assert told.exit_code == 0
    assert told.stderr == (
        "Redis does not answer: conversations of before may go on for 18 minutes.\n"
    )
    left = Texts(file)
    assert [text.username for text in left.find(lambda _: True)] == ["mine"]
    left.close()
