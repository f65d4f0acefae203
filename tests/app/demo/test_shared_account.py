"""Two of the demo's tenants send by one account: what one of them meets there is its own."""

import json
import urllib.request
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from tests.app.demo.conftest import DemoPiga
from tests.app.demo.test_phone_conversations import IBIMINA, MOTO, transcript

REGISTERS = "1,Ada Uwimana,2847,2847"


def known_senders(piga: DemoPiga, senders: list[str] | None) -> None:
    """Which sender ids Africa's Talking knows; None for any."""
    body: dict[str, Any] = {"sms": {"senders": senders}}
    request = urllib.request.Request(
        f"{piga.run.fakes_url}/phone/faults",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.long
def test_a_sender_id_that_is_not_known_stops_its_own_texts_alone(demo_piga: DemoPiga) -> None:
    known_senders(demo_piga, ["IBIMINA"])
    try:
        moto = transcript(demo_piga, "+250788009201", MOTO, REGISTERS, "--sms")
        ibimina = transcript(demo_piga, "+250788009202", IBIMINA, REGISTERS, "--sms")
    finally:
        known_senders(demo_piga, None)
    assert [one["state"] for one in (moto, ibimina)] == ["open", "open"]
    assert moto["sms"] == []
    [welcome] = ibimina["sms"]
    assert welcome["text"].startswith("Welcome to Ibimina!")
    told = CliRunner().invoke(main, ["alarms", "list"], env=demo_piga.configured)
    assert "africastalking:ibimina MOTO: The provider does not know this sender id." in told.output
