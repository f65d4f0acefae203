"""A number for texts that businesses share by keywords, and texts that their sender pays for."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from providers.africastalking.sms import parse_sms_in
from providers.contracts.messages import Account
from providers.simulator.process import Fakes
from tests.support.callbacks import callbacks_of
from tests.support.domains import DOMAINS, FLOWS
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import sms_service
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK
from workers.chat.turn import chat_turn
from workers.jobs import context
from workers.sending.accounts import Installed
from workers.sending.send import send_text

CODE = "22384"


class Number:
    """The tenant's number, whose settings a test names."""

    def __init__(self, tenant: UssdTenant, fakes: Fakes, **settings: str) -> None:
        self.tenant, self.fakes = tenant, fakes
        self.service = sms_service(tenant, CODE, **settings)
        account = Account("impuye", "key", fakes.url + "/at")
        context.install(
            context.make(
                *(tenant.database, KEYS, DOMAINS.messages),
                flows=FLOWS,
                limits=QUICK,
                accounts=[Installed("at", PROVIDER, account)],
            )
        )

    def write(self, text: str, id: str, **more: str) -> dict[str, str]:
        """Somebody writes; the form of the request that brings the reply."""
        number = self.tenant.people["uwera"].phones[0]
        form = {"from": number, "to": CODE, "id": id, "text": text, "date": "2026-11-20 12:05:00"}
        told = parse_sms_in(urlencode(form | more).encode())
        callbacks_of(self.tenant.database).store(told, self.service)
        for kind, job in (("chat_turn", chat_turn), ("send_text", send_text)):
            for (row,) in self.tenant.admin.execute(
                "SELECT id FROM outbox WHERE kind = %s AND state <> 'done' ORDER BY id", (kind,)
            ).fetchall():
                job(str(self.tenant.tenant_id), str(row))
        return dict(self.fakes.rest.newest)

    def states(self) -> list[str]:
        rows = self.tenant.admin.execute("SELECT state FROM message ORDER BY id").fetchall()
        return [state for (state,) in rows]


@pytest.fixture
def fakes() -> Iterator[Fakes]:
    with Fakes("127.0.0.1", 0, list, accounts={"impuye": "key"}) as running:
        yield running


def test_on_a_shared_code_nobody_is_the_sender_and_link_and_keyword_go_along(
    savings: UssdTenant, fakes: Fakes
) -> None:
    number = Number(savings, fakes, keyword="KOP")
    asked = number.write("kop menu", "t-1", linkId="L-77")
    assert "from" not in asked
    assert (asked["keyword"], asked["linkId"], asked["bulkSMSMode"]) == ("KOP", "L-77", "0")
    assert asked["message"].startswith("Ibimina\n1 Save")
    assert number.states() == ["accepted"], "with a sender the code is refused"
    again = number.write("Kop 1", "t-2", linkId="L-78")
    assert (again["linkId"], "Kopera" in again["message"]) == ("L-78", True)
    bare = number.write("KOP", "t-3")
    assert "linkId" not in bare
    assert bare["keyword"] == "KOP"


def test_a_paid_text_at_a_code_of_ones_own_is_answered_from_it(
    savings: UssdTenant, fakes: Fakes
) -> None:
    number = Number(savings, fakes)
    asked = number.write("menu", "t-1", linkId="L-9")
    assert (asked["from"], asked["linkId"], "keyword" in asked) == (CODE, "L-9", False)
    free = number.write("1", "t-2")
    assert (free["from"], free["bulkSMSMode"], "linkId" in free) == (CODE, "1", False)


def test_what_begins_like_the_keyword_is_none(savings: UssdTenant, fakes: Fakes) -> None:
    number = Number(savings, fakes, keyword="ME")
    assert number.write("menu", "t-1")["message"].startswith("Ibimina\n1 Save")
