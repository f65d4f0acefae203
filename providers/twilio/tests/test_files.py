"""Files that people send: fetched from the fake as from Twilio, and ways in which that fails."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests

from providers.contracts.chat import ChatInbound
from providers.contracts.files import FileError
from providers.contracts.messages import Account, Refused
from providers.simulator.media import SAMPLES
from providers.simulator.process import Fakes
from providers.twilio.files import FileSource
from providers.twilio.tests.conftest import CHAT, PERSON, Receiver, account

MAXIMUM = 1024 * 1024


@pytest.fixture
def source(fakes: Fakes) -> FileSource:
    return FileSource(account(fakes))


def sent(fakes: Fakes, receiver: Receiver, **more: Any) -> str:
    """What the webhook of a document names."""
    wanted = {"from": PERSON, "to": CHAT, "media": "document"} | more
    answer = requests.post(f"{fakes.url}/phone/twilio", json=wanted, timeout=5)
    assert answer.status_code == 200, answer.text
    receiver.wait_for(lambda: receiver.events)
    told = receiver.events[-1]
    assert isinstance(told, ChatInbound)
    assert told.media is not None
    return told.media.reference


def test_the_key_opens_a_file_and_stays_behind_where_it_is_sent_on(
    fakes: Fakes, receiver: Receiver, source: FileSource
) -> None:
    """The store refuses whoever shows a key beside its own signature, as the fake does."""
    assert source.fetch(sent(fakes, receiver), MAXIMUM) == SAMPLES["document"][1]


def test_one_that_is_too_large_is_not_read(
    fakes: Fakes, receiver: Receiver, source: FileSource
) -> None:
    content = base64.b64encode(b"%PDF-" + bytes(2000)).decode()
    reference = sent(fakes, receiver, content=content)
    with pytest.raises(FileError, match="too_large"):
        source.fetch(reference, 2_004)
    assert len(source.fetch(reference, 2_005)) == 2_005


def test_what_is_gone_and_a_key_that_is_wrong(fakes: Fakes, receiver: Receiver) -> None:
    reference = sent(fakes, receiver)
    gone = reference[:-32] + "0" * 32
    with pytest.raises(FileError, match="gone") as raised:
        FileSource(account(fakes)).fetch(gone, MAXIMUM)
    assert not raised.value.again
    fakes.twilio.messages.accounts = {"piga": "another-token"}
    with pytest.raises(FileError, match="credential") as raised:
        FileSource(account(fakes)).fetch(reference, MAXIMUM)
    assert raised.value.again


@pytest.mark.parametrize(
    "reference",
    [
        "https://example.com/2010-04-01/Accounts/AC0/Messages/MM0/Media/ME0",
        "http://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM0/Media/ME0",
        "https://api.twilio.com/2010-04-01/Accounts/AC0/../../secrets",
        "https://api.twilio.com:444/x",
        "https://[/x",
    ],
)
def test_the_key_goes_to_twilios_files_alone(source: FileSource, reference: str) -> None:
    with pytest.raises(FileError, match="not_ours"):
        source.fetch(reference, MAXIMUM)


def test_an_account_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(Refused, match="bad_account"):
        FileSource(Account("piga", "token"))  # no account's SID
