"""A real Kannel, the gateway that many operators' partners run, as a client of our fake centre."""

import subprocess
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest

from providers.smpp.fake import Centre
from tests.support.kannel import BEARERBOX, SMSBOX, require_kannel
from tests.support.smpp_peer import free_port
from tests.support.waiting import until

pytestmark = pytest.mark.long

NUMBER = "+250788123456"
CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = none
admin-interface = 127.0.0.1
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
log-level = 1

group = smsc
smsc = smpp
smsc-id = fake
host = 127.0.0.1
port = {centre}
transceiver-mode = true
smsc-username = piga
smsc-password = pw
system-type = VMA
interface-version = 34

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {send}
sendsms-interface = 127.0.0.1
log-level = 1

group = sms-service
keyword = default
text = "Kannel has it"

group = sendsms-user
username = t
password = t
max-messages = 5
concatenation = true
"""


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre(accounts={"piga": "pw"}) as made:
        yield made


@pytest.fixture
def kannel(centre: Centre, tmp_path: Path) -> Iterator[str]:
    """The address of its sendsms, once it is bound."""
    require_kannel()
    assert BEARERBOX is not None
    assert SMSBOX is not None
    admin, boxes, send = free_port(), free_port(), free_port()
    file = tmp_path / "kannel.conf"
    ports = {"admin": admin, "boxes": boxes, "send": send, "centre": centre.port}
    file.write_text(CONFIGURATION.format(**ports))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([BEARERBOX, str(file)], cwd=tmp_path, **quiet) as bearerbox:  # type: ignore[call-overload]
        assert centre.wait(lambda: centre.binds == 1)
        with subprocess.Popen([SMSBOX, str(file)], cwd=tmp_path, **quiet) as smsbox:  # type: ignore[call-overload]
            url = f"http://127.0.0.1:{send}/cgi-bin/sendsms"
            until(lambda: _answers(url))
            yield url
            smsbox.kill()
        bearerbox.kill()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except urllib.request.HTTPError:  # it wants a password
        return True
    except OSError:
        return False
    return True


def _has_come(centre: Centre, text: str) -> bool:
    return centre.handset.texts(NUMBER)[-1:] == [text]


def test_a_kannel_sends_and_receives_at_our_fake(centre: Centre, kannel: str) -> None:
    for text in ("Muraho €5 [1]", "a" * 152 + "€" + "b" * 60):
        query = urlencode({"username": "t", "password": "t", "from": "8100", "to": NUMBER})
        more = urlencode({"text": text, "charset": "UTF-8", "dlr-mask": 31, "dlr-url": "http://x"})
        with urllib.request.urlopen(f"{kannel}?{query}&{more}", timeout=10) as answer:
            assert answer.read() == b"0: Accepted for delivery"
        until(partial(_has_come, centre, text))
    assert centre.accepted[0].message.registered_delivery & 1
    # Our receipts are answered, and what a handset writes is taken, its long texts too.
    centre.text(NUMBER, "8100", "hello")
    assert centre.wait(lambda: centre.handset.texts(NUMBER)[-1:] == ["Kannel has it"])
    assert centre.wait(lambda: centre.undelivered == 0)
