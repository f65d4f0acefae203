"""Money that people miss, in the console: with its picture, answered once, and they are texted."""

import re

from core.payments import missing
from tests.app.console.test_pages import Office, office
from tests.app.console.test_sent_files import PICTURE, kept
from values.money import Money

__all__ = ["office"]  # the fixture


def test_who_misses_money_is_answered_and_texted(office: Office) -> None:
    tenant = office.tenant
    who, picture = tenant.id_of("uwera"), kept(office.tenant)
    tenant.change(missing.report, who, Money(5_000, "RWF"), "", picture)
    clerk = office.clerk("company_admin")
    assert "5,000 RWF is missing." in clerk.reads("/console")
    listed = clerk.reads("/console/missing")
    [link] = re.findall(rf'href="(/console/messages/files/{picture}\?[^"]+)"', listed)
    assert clerk.get(link.replace("&amp;", "&")).data == PICTURE
    [answer] = re.findall(r'action="(/console/missing/[0-9a-f-]{36}/answer)"', listed)
    assert clerk.post(answer, became="found", reason="").status_code == 409
    assert "They are texted." in clerk.does(answer, became="found", reason="statement")
    assert "before you" in clerk.does(answer, became="found", reason="statement")
    assert "We found the 5,000 RWF that you missed." in tenant.texts("uwera")[-1]
    assert "officer company-admin: answer missing money" in office.trail()
    assert "Nobody misses money." in clerk.reads("/console/missing")
    operator = office.clerk("government")
    assert operator.get("/console/missing").status_code == 403
