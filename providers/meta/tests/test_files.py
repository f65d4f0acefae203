"""Files that people send: fetched from the fake as from Meta, and every way in which that fails."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests

from providers.contracts.chat import ChatInbound
from providers.contracts.files import FileError
from providers.contracts.messages import Account
from providers.meta.fake import Fault
from providers.meta.files import FileSource
from providers.meta.tests.conftest import CODE, Receiver
from providers.simulator.media import SAMPLES
from providers.simulator.process import Fakes

PERSON = "+250788000123"
MAXIMUM = 1024 * 1024


@pytest.fixture
def source(fakes: Fakes) -> FileSource:
    return FileSource(Account("piga", "a-token", f"{fakes.url}/meta", read_timeout_s=1.0))


def sent(fakes: Fakes, receiver: Receiver, **more: Any) -> str:
    """What the webhook of a picture names."""
    wanted = {"from": PERSON, "to": CODE, "media": "image"} | more
    answer = requests.post(f"{fakes.url}/phone/whatsapp", json=wanted, timeout=5)
    assert answer.status_code == 200, answer.text
    receiver.wait_for(lambda: receiver.events)
    told = receiver.events[-1]
    assert isinstance(told, ChatInbound)
    assert told.media is not None
    return told.media.reference


def test_a_picture_is_fetched_by_its_id(
    fakes: Fakes, receiver: Receiver, source: FileSource
) -> None:
    assert source.fetch(sent(fakes, receiver), MAXIMUM) == SAMPLES["image"][1]


def test_an_address_that_has_died_is_asked_for_again(
    fakes: Fakes, receiver: Receiver, source: FileSource
) -> None:
    """It lives for five minutes; the id leads to another one."""
    id = sent(fakes, receiver)
    files = fakes.whatsapp.graph._files
    found = requests.get(
        f"{fakes.url}/meta/v25.0/{id}", headers={"Authorization": "Bearer a-token"}, timeout=5
    ).json()
    assert requests.get(found["url"], timeout=5).status_code == 401  # it wants the token, too
    times_s = iter((0.0, 301.0, 302.0, 303.0))
    files._clock = lambda: next(times_s)
    assert source.fetch(id, MAXIMUM) == SAMPLES["image"][1]
    assert next(times_s, None) is None


@pytest.mark.parametrize(
    ("fault", "code", "again"),
    [
        ({"mode": "page", "status": 404}, "gone", False),
        ({"mode": "error", "code": 100}, "gone", False),
        ({"mode": "page", "status": 401}, "credential", True),
        ({"mode": "page", "status": 429}, "unreachable", True),
        ({"mode": "page", "status": 502}, "unreachable", True),
        ({"mode": "page", "status": 200}, "unreachable", True),  # no JSON
        ({"mode": "drop_before"}, "unreachable", True),
        ({"mode": "delay", "delay_s": 1.5}, "unreachable", True),
    ],
)
def test_what_cannot_be_had(
    fakes: Fakes,
    receiver: Receiver,
    source: FileSource,
    fault: dict[str, Any],
    code: str,
    again: bool,
) -> None:
    id = sent(fakes, receiver)
    fakes.whatsapp.graph.script([Fault.read(fault | {"on": "files"})])
    with pytest.raises(FileError) as raised:
        source.fetch(id, MAXIMUM)
    assert (raised.value.code, raised.value.again) == (code, again)
    assert id not in repr(raised.value)
    assert source.fetch(id, MAXIMUM)


def test_one_that_is_too_large_is_not_read(
    fakes: Fakes, receiver: Receiver, source: FileSource
) -> None:
    content = base64.b64encode(b"\xff\xd8\xff" + bytes(2000)).decode()
    id = sent(fakes, receiver, content=content)
    with pytest.raises(FileError, match="too_large"):
        source.fetch(id, 2_002)
    assert len(source.fetch(id, 2_003)) == 2_003


@pytest.mark.parametrize(
    "reference",
    [
        "https://example.com/a.jpg",
        "https://fbsbx.com.example.com/a.jpg",
        "http://lookaside.fbsbx.com/a.jpg",  # the token would be read on its way
        "http://127.0.0.1:9/a.jpg",
        "https://[/a.jpg",
        "https://x.invalid\\@lookaside.fbsbx.com/a.jpg",  # to a client, that is x.invalid's
    ],
)
def test_the_token_goes_to_metas_hosts_alone(source: FileSource, reference: str) -> None:
    with pytest.raises(FileError, match="not_ours"):
        source.fetch(reference, MAXIMUM)
