"""Files that people sent, in the console: behind a link for who looks, and each look recorded."""

import re
import uuid

import pytest

from app.console.messages import sent_files
from core.inbox import files, inbox
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from core.people.people import USSD
from tests.app.console.test_pages import Office, office
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import sms_service
from tests.support.ussd import UssdTenant
from values import clock

__all__ = ["office"]  # the fixture
PICTURE = b"\xff\xd8\xff\xe0 a picture"


def kept(tenant: UssdTenant, content: bytes = PICTURE, mime_type: str = "image/jpeg") -> uuid.UUID:
    """A file that uwera sent, and that was fetched."""
    service = sms_service(tenant, channel="whatsapp")
    sent = Content(kind="media", media=("image", "1", mime_type))
    with tenant.tx() as tx:
        number = tenant.people["uwera"].phones[0]
        inbox.receive(tx, KEYS, service.id, Incoming(PROVIDER, "m-1", number, sent, channel=USSD))
    (id,) = tenant.one("SELECT id FROM inbound_file")
    with tenant.tx() as tx:
        assert files.keep(tx, KEYS, id, content, mime_type)
    found: uuid.UUID = id
    return found


def test_a_file_is_opened_by_its_link_and_the_look_is_recorded(office: Office) -> None:
    id = kept(office.tenant)
    operator = office.clerk("company_admin")
    assert "/console/messages/files" in operator.reads("/console/messages")
    listed = operator.reads("/console/messages/files")
    assert office.trail()[0] != "company-admin: look at file"
    [link] = re.findall(rf'href="(/console/messages/files/{id}\?[^"]+)"', listed)
    answer = operator.get(link.replace("&amp;", "&"))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/jpeg", PICTURE)
    headers = answer.headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == f'inline; filename="{id}.jpg"'
    assert "look at file" in office.trail()[0]


def test_a_link_is_for_who_got_it_and_for_a_while(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = kept(office.tenant)
    operator, other = office.clerk("company_admin"), office.clerk("super_admin")
    [link] = re.findall(rf'href="(/[^"]+{id}[^"]+)"', operator.reads("/console/messages/files"))
    link = link.replace("&amp;", "&")
    bare = f"/console/messages/files/{id}"
    for clerk, path in (
        (other, link),
        (operator, bare),
        (operator, f"{bare}?until=99999999999&signed=" + "0" * 64),
        (operator, link.replace(str(id), str(uuid.uuid4()))),
    ):
        answer = clerk.get(path)
        assert answer.status_code == 409, path
        assert PICTURE not in answer.data
    now_s = clock.epoch_s()
    monkeypatch.setattr(clock, "epoch_s", lambda: now_s + sent_files.LINK_LIVES_S + 1)
    assert operator.get(link).status_code == 409
    assert not any("look at file" in line for line in office.trail())


def test_a_document_is_saved_and_not_shown(office: Office) -> None:
    id = kept(office.tenant, b"%PDF-1.4", "application/pdf")
    operator = office.clerk("company_admin")
    [link] = re.findall(rf'href="(/[^"]+{id}[^"]+)"', operator.reads("/console/messages/files"))
    answer = operator.get(link.replace("&amp;", "&"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{id}.pdf"'
