"""The fake with a client that others wrote in another language: Twilio's package for JavaScript."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from providers.simulator.process import Fakes
from providers.twilio.handset import AUTH_TOKEN
from providers.twilio.tests.conftest import CHAT, ID, NUMBER, PERSON, PUBLIC, Receiver
from tests.support import npm

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return npm.install(Path(__file__).with_name("peers"), tmp_path_factory.mktemp("peers"))


def run(peer: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        ["node", "peer.js", *arguments],
        cwd=peer,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_takes_the_signatures_of_the_fake(fakes: Fakes, receiver: Receiver, peer: Path) -> None:
    """Of a text, of a chat with letters of all sorts and of a report with a query; and not one that
    was changed by a letter."""
    fakes.twilio.text_in(PERSON, NUMBER, "Muraho neza é 👋\n1")
    receiver.wait_for(lambda: len(receiver.came) == 1)
    wanted = {"to": PERSON, "from": NUMBER, "body": "Hi"}
    wanted["statusCallback"] = receiver.hook("sms-report") + f"?piga={ID}#rc=1&rp=all"
    made = run(peer, "send", f"{fakes.url}/twilio", json.dumps(wanted))
    assert made == {"sid": made["sid"], "status": "queued", "to": PERSON}
    receiver.wait_for(lambda: len(receiver.came) == 4)
    for came in receiver.came:
        query = came.query.decode()
        url = f"{PUBLIC}/hooks/twilio/{came.kind}/s3cr3t" + (f"?{query}" if query else "")
        params = dict(parse_qsl(came.body.decode(), keep_blank_values=True))
        told = {
            "token": AUTH_TOKEN,
            "signature": came.headers["x-twilio-signature"],
            "url": url,
            "params": params,
        }
        assert run(peer, "validate", json.dumps(told)) == {"valid": True}
        told["params"] = params | {"From": params["From"] + "1"}
        assert run(peer, "validate", json.dumps(told)) == {"valid": False}


def test_it_reads_the_errors_of_the_fake(fakes: Fakes, peer: Path) -> None:
    mixed = {"to": PERSON, "from": f"whatsapp:{CHAT}", "body": "Hi"}
    refused = run(peer, "send", f"{fakes.url}/twilio", json.dumps(mixed))
    assert refused == {"code": 21910, "status": 400}
