"""Conversations by text message: the same flows, each message answered once, and no PIN."""

import json
from collections.abc import Callable

import pytest

from core.db.errors import Unavailable
from core.inbox import inbox
from core.inbox.inbox import LeaseLost
from engine.context import TurnContext
from engine.turn.chat import ChatTurns, Worked
from flows.savings.contribute import Contribute
from menus.screens import Menu
from tests.support.domains import FLOWS
from tests.support.phone import phone_of
from tests.support.tenants import KEYS
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant


@pytest.fixture
def texter(tenant: UssdTenant) -> Callable[[str], Texter]:
    return lambda key: Texter(tenant, tenant.people[key].phones[0])


FINISH = "Dial *384*10# to finish: it waits for you there. Never send your PIN."


def test_a_saving_is_begun_by_text_and_paid_by_ussd(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    assert uwera.text("Muraho!").startswith("Ibimina\n1 Save\n2 Balances")
    assert uwera.text("1").startswith("Save in which group?\n1 Kopera Twisungane")
    assert uwera.text("1") == "How much for Kopera Twisungane?\n0 Back 00 Home"
    # What a PIN is the Yes to comes with the code to dial: one message for both.
    assert uwera.text("500").endswith(f"Total: 510 RWF\n{FINISH}\n0 Back 00 Home")
    assert uwera.text("yes") == FINISH
    assert tenant.entries() == 0

    phone = phone_of(tenant, "uwera")
    shown = phone.dial()
    assert shown.text.startswith("Continuing where you stopped.\nSave in Kopera Twisungane?")
    assert phone.type("1").text.startswith("Enter your PIN")
    assert "Saved" in phone.type(str(tenant.people["uwera"].pin)).text
    assert tenant.entries() == 1
    # It was taken over once: the next dial is an ordinary one.
    assert not phone_of(tenant, "uwera").dial().text.startswith("Continuing")


def test_what_was_finished_by_ussd_is_asked_no_more(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    for written in ("menu", "1", "1", "500"):
        uwera.text(written)
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1")
    phone.type(str(tenant.people["uwera"].pin))
    assert tenant.entries() == 1
    assert uwera.text("ok").startswith("Ibimina\n1 Save\n2 Balances")


def test_who_is_in_one_group_is_not_asked_which(texter: Callable[[str], Texter]) -> None:
    habimana = texter("habimana")
    habimana.text("hi")
    assert habimana.text("1") == "How much for Kopera Twisungane?\n0 Back 00 Home"
    assert habimana.text("0").startswith("Ibimina\n1 Save")
    habimana.text("1")
    assert habimana.text("700").endswith(f"{FINISH}\n0 Back 00 Home")


@pytest.mark.parametrize("leaves", ["2", "menu"])
def test_what_is_left_in_the_chat_waits_at_no_dial(
    tenant: UssdTenant, texter: Callable[[str], Texter], leaves: str
) -> None:
    uwera = texter("uwera")
    for written in ("menu", "1", "1", "500"):
        uwera.text(written)
    assert tenant.number("SELECT count(*) FROM handover") == 1
    said = uwera.text(leaves)
    assert said.startswith("Cancelled" if leaves == "2" else "Ibimina")
    assert tenant.number("SELECT count(*) FROM handover") == 0
    assert phone_of(tenant, "uwera").dial().text.startswith("Ibimina\n")


def test_a_copy_of_a_message_changes_nothing(texter: Callable[[str], Texter]) -> None:
    uwera = texter("uwera")
    uwera.text("menu")
    uwera.post("1", id="the same")
    uwera.post("1", id="the same")
    assert uwera.work() == 1
    assert len(uwera.replies()) == 2


def test_messages_are_worked_in_order(texter: Callable[[str], Texter]) -> None:
    uwera = texter("uwera")
    for text in ("menu", "1", "1", "500"):
        uwera.post(text)
    assert uwera.work() == 4
    assert "Total: 510 RWF" in uwera.replies()[-1]


def test_who_lost_the_lease_changes_nothing(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    uwera.post("menu")
    (id,) = tenant.admin.execute("SELECT id FROM conversation").fetchone() or (None,)
    with tenant.tx() as tx:
        first = inbox.hold(tx, KEYS, id, lease_s=0)
    with tenant.tx() as tx:
        second = inbox.hold(tx, KEYS, id, lease_s=60)
        assert first
        assert second
        assert inbox.hold(tx, KEYS, id, lease_s=60) is None  # one at a time
    with pytest.raises(LeaseLost):
        uwera.turns.work_next(tenant.tenant_id, first)
    assert uwera.replies() == []
    assert uwera.turns.work_next(tenant.tenant_id, second) is Worked.ONE
    assert len(uwera.replies()) == 1


def test_a_pin_is_taken_out_before_it_is_stored(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    uwera = texter("uwera")
    for text in ("menu", "1", "1", "500", "1"):
        uwera.text(text)
    warning = "Never send your PIN. Dial *384*10# and change it if others may see it."
    assert uwera.text("2749") == warning
    assert uwera.text("my PIN is 2749") == warning
    kept = tenant.admin.execute("SELECT id, content_sealed FROM inbound_message").fetchall()
    assert all("2749" not in KEYS.open(sealed, id.bytes) for id, sealed in kept)
    # An amount of as many digits is one, where no PIN was asked for.
    for text in ("menu", "1", "1"):
        uwera.text(text)
    assert "Amount: 2,749 RWF" in uwera.text("2749")


def test_a_warning_is_in_the_persons_language(texter: Callable[[str], Texter]) -> None:
    uwera = texter("uwera")
    uwera.tenant.admin.execute("UPDATE subscriber SET language = 'fr'")
    assert uwera.text("PIN 2748").startswith("N'envoyez jamais votre PIN.")


def test_somebody_new_is_asked_to_register_by_ussd(tenant: UssdTenant) -> None:
    asked = Texter(tenant, "+250788999111").text("hello")
    assert asked.startswith("Dial *384*10# to register. Registered already? Dial *384*10*8*5#")


def test_where_no_menu_links_chats_nobody_is_told_to(tenant: UssdTenant) -> None:
    for id, tree in tenant.admin.execute("SELECT id, tree FROM service WHERE channel = 'ussd'"):
        account = next(one for one in tree["menu"] if one["id"] == "account")
        account["menu"] = [one for one in account["menu"] if one["id"] != "link_chat"]
        written = json.dumps(tree)
        tenant.admin.execute("UPDATE service SET tree = %s WHERE id = %s", (written, id))
    assert Texter(tenant, "+250788999111").text("hello") == "Dial *384*10# to register first."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Dial *384*10# first to choose your PIN. Never send it."),
        ("fr", "Composez d'abord *384*10# pour choisir votre PIN. Ne l'envoyez jamais."),
        ("rw", "Banza ukande *384*10# uhitemo PIN yawe. Ntukayohereze na rimwe."),
        ("sw", "Piga *384*10# kwanza uchague PIN yako. Usiitume kamwe."),
    ],
)
def test_who_has_no_pin_any_more_chooses_one_by_ussd(
    tenant: UssdTenant, texter: Callable[[str], Texter], language: str, said: str
) -> None:
    """They are registered: officers took the PIN away, or they have not chosen one yet."""
    uwera = texter("uwera")
    tenant.admin.execute("UPDATE subscriber SET pin_hash = NULL, language = %s", (language,))
    assert uwera.text("menu") == said
    assert uwera.text("BAL") == said


def test_a_session_ends_after_a_while(tenant: UssdTenant, texter: Callable[[str], Texter]) -> None:
    uwera = texter("uwera")
    uwera.text("menu")
    uwera.text("1")
    tenant.admin.execute("UPDATE conversation SET session_until = now() - interval '1 second'")
    assert uwera.text("1").startswith("Ibimina")


def test_a_fault_of_ours_is_answered_and_stops_nothing(
    tenant: UssdTenant, texter: Callable[[str], Texter]
) -> None:
    tenant.faults_are_expected = True
    uwera = texter("uwera")
    uwera.text("menu")

    class Broken(Contribute):
        def group(self) -> Menu:
            raise RuntimeError("a bug")

    uwera.turns = ChatTurns(
        database=tenant.database,
        keys=KEYS,
        directory=tenant.directory,
        flows=FLOWS.replaced(Broken),
    )
    assert uwera.text("1") == "This cannot be done now. Nothing was taken."
    states = tenant.admin.execute("SELECT state FROM inbound_message ORDER BY id").fetchall()
    assert states == [("done",), ("failed",)]
    assert uwera.text("menu").startswith("Ibimina")


def test_what_cannot_be_committed_is_worked_again(
    tenant: UssdTenant, texter: Callable[[str], Texter], monkeypatch: pytest.MonkeyPatch
) -> None:
    uwera = texter("uwera")
    uwera.post("menu")
    with monkeypatch.context() as broken:
        broken.setattr(TurnContext, "commit", _no_postgres)
        with pytest.raises(Unavailable):
            uwera.work()
    assert uwera.replies() == []
    tenant.admin.execute("UPDATE conversation SET lease_until = NULL")
    assert uwera.work() == 1
    assert len(uwera.replies()) == 1


def _no_postgres(_context: TurnContext) -> bool:
    raise Unavailable("gone")
