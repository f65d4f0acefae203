"""A reply to what was sent to many begins the flow that it names, and nothing else does."""

from collections.abc import Callable

import pytest

from core.approvals.requests import officer
from core.broadcasts import broadcasts, sending, writing
from core.broadcasts.audience import Segment
from core.broadcasts.broadcasts import ReplyTo
from core.people import people
from tests.support.tenants import KEYS
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from workers.broadcasts.write import MEASURE

ANN = officer("ann", "test")
QUESTION = "Save in which group?\n1 Kopera Twisungane"


@pytest.fixture
def texter(tenant: UssdTenant) -> Callable[[str], Texter]:
    return lambda key: Texter(tenant, tenant.people[key].phones[0])


def broadcast(tenant: UssdTenant, to: Texter, flow: str | None = "contribute") -> None:
    words = {"rw": "Zigama uyu munsi.", "en": f"Save today. {flow}"}
    with tenant.tx() as tx:
        reply = ReplyTo(flow) if flow else None
        made = broadcasts.draft(tx, KEYS, to.service, Segment(), words, by=ANN, reply=reply)
        assert sending.send(tx, KEYS, to.service.tenant, made.id, by=ANN, reason="") is None
        assert writing.write_batch(tx, KEYS, made, made.writer(KEYS, to.service), MEASURE)


def test_a_reply_begins_the_flow_that_the_broadcast_names(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    broadcast(tenant, uwera)
    assert uwera.replies() == ["Save today. contribute"]
    assert uwera.text("yego").startswith(QUESTION)
    assert uwera.text("1") == "How much for Kopera Twisungane?\n0 Back 00 Home"
    # Back leads to where the flow hangs in the menus.
    uwera.text("0")
    assert uwera.text("0").startswith("Ibimina\n1 Save\n2 Balances")


def test_a_word_for_the_menu_opens_the_menu(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    broadcast(tenant, uwera)
    assert uwera.text("Muraho!").startswith("Ibimina\n1 Save\n2 Balances")


def test_an_answer_to_a_pending_question_is_that(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    uwera.text("menu")
    broadcast(tenant, uwera)
    assert uwera.text("1").startswith(QUESTION)  # the first option, and not a reply
    assert uwera.text("1").startswith("How much for")


def test_after_some_days_or_another_broadcast_it_begins_nothing(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    broadcast(tenant, uwera)
    tenant.admin.execute("UPDATE conversation SET reply_until = now() - interval '1 s'")
    assert uwera.text("yego").startswith("Ibimina\n1 Save")
    tenant.admin.execute("UPDATE conversation SET session_until = now() - interval '1 s'")
    broadcast(tenant, uwera, None)
    assert uwera.text("yego").startswith("Ibimina\n1 Save")


def test_whoever_may_not_have_it_begins_as_ever(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    broadcast(tenant, uwera, "topup")  # an agent's
    assert uwera.text("yego").startswith("Ibimina\n1 Save")


def test_a_frozen_person_is_told_so(tenant: UssdTenant, texter: Callable[[str], Texter]) -> None:
    uwera = texter("uwera")
    broadcast(tenant, uwera)
    with tenant.tx() as tx:
        [person] = people.identify(tx, KEYS, uwera.number)
        people.freeze(tx, person.id, frozen=True, actor="test", reason="lost")
    assert not uwera.text("yego").startswith(QUESTION)


def test_a_paused_flow_says_so(tenant: UssdTenant, texter: Callable[[str], Texter]) -> None:
    uwera = texter("uwera")
    broadcast(tenant, uwera)
    tenant.admin.execute(
        "UPDATE tenant SET paused_flows = '{contribute}', version = nextval('config_version')"
    )
    tenant.directory.refresh()
    assert not uwera.text("yego").startswith(QUESTION)
