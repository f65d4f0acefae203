"""A chat in which nobody is known is linked by its person: with the code that it shows, typed at
their own phone, and their PIN. A conversation goes on in another chat of theirs."""

import re

import pytest

from core.inbox import links
from core.people import people
from menus import sentences
from menus.texts import say
from tests.support.phone import Phone, phone_of
from tests.support.tenants import KEYS
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant

SHOWN = re.compile(
    r"Dial \*384\*10# to register\. Registered already\? Dial \*384\*10\*8\*5# from your number"
    r" within 10 min and type (\d{6})\."
)
MAIN = "Ibimina\n1 Save\n2 Balances"
OTHER = "+250788999222"


@pytest.fixture
def chat(tenant: UssdTenant) -> Texter:
    """Of somebody who is known at another number."""
    return Texter(tenant, OTHER)


def code_of(chat: Texter) -> str:
    found = SHOWN.fullmatch(chat.text("hi"))
    assert found is not None
    return found[1]


def typing(tenant: UssdTenant, code: str, who: str = "uwera") -> Phone:
    phone = phone_of(tenant, who)
    phone.dial("*384*10*8*5#")
    phone.type(code)
    return phone


def link(tenant: UssdTenant, chat: Texter, who: str = "uwera") -> Phone:
    phone = typing(tenant, code_of(chat), who)
    phone.type("1", tenant.people[who].pin)
    return phone


def test_a_chat_is_linked_by_its_code_and_the_pin(tenant: UssdTenant, chat: Texter) -> None:
    code = code_of(chat)
    phone = phone_of(tenant, "uwera")
    assert phone.dial("*384*10*8*5#").text.startswith("Type the code that the chat shows")
    confirm = phone.type(code)
    assert "never your PIN.\nChat: +250788999222\n1 Yes" in confirm.text
    assert phone.type("1").text.startswith("Enter your PIN")
    assert people_at(tenant, OTHER) == []  # nothing yet
    assert phone.type(tenant.people["uwera"].pin).text == "The chat is linked. Go on there."
    assert people_at(tenant, OTHER) == ["uwera"]
    assert chat.text("hi").startswith(MAIN)
    # It is told at the number that was theirs, and written down.
    [text] = tenant.texts("uwera")
    assert text.startswith("Ibimina: a chat was linked to your account")
    assert tenant.texts(OTHER) == []
    actor, after = tenant.one("SELECT actor, detail FROM audit WHERE action = 'attach number'")
    assert (actor, after["reason"]) == ("phone", "linked by a code")
    assert OTHER not in str(after)


def people_at(tenant: UssdTenant, number: str) -> list[str]:
    by_id = {one.id: key for key, one in tenant.people.items()}
    with tenant.tx() as tx:
        return [by_id[person.id] for person in people.identify(tx, KEYS, number)]


def test_a_linked_number_is_new_and_no_text_goes_to_it(tenant: UssdTenant, chat: Texter) -> None:
    link(tenant, chat)
    given_by, used_at, is_new = tenant.one(
        "SELECT given_by, used_at, sim_changed_at IS NOT NULL FROM address WHERE lookup = %s",
        KEYS.lookup(people.USSD, OTHER),
    )
    assert (given_by, used_at, is_new) == ("link", None, True)


def test_a_payment_begun_in_a_linked_chat_waits_at_the_persons_dial(
    tenant: UssdTenant, chat: Texter
) -> None:
    link(tenant, chat)
    chat.text("PAY KOP1 500")
    assert chat.text("yes").startswith("Dial *384*10# to finish")
    shown = phone_of(tenant, "uwera").dial()
    assert shown.text.startswith("Continuing where you stopped.\nSave in Kopera Twisungane?")


def test_no_links_nothing(tenant: UssdTenant, chat: Texter) -> None:
    phone = typing(tenant, code_of(chat))
    assert phone.type("2").text.startswith("Nothing was linked.\nIbimina")
    assert people_at(tenant, OTHER) == []


def test_a_code_is_spent_once_and_runs_out(tenant: UssdTenant, chat: Texter) -> None:
    code = code_of(chat)
    late = typing(tenant, code)
    late.type("1")
    link_of = "UPDATE chat_link SET until = now() - interval '1 second'"
    tenant.admin.execute(link_of)
    assert late.type(tenant.people["uwera"].pin).text.startswith("That code has expired.")
    assert typing(tenant, code).shows.startswith("No chat shows that code now. Tries left: 4.")
    link(tenant, chat)
    assert tenant.number("SELECT count(*) FROM chat_link") == 0


def test_a_new_code_voids_the_one_before(tenant: UssdTenant, chat: Texter) -> None:
    first, second = code_of(chat), code_of(chat)
    if first != second:
        assert typing(tenant, first).shows.startswith("No chat shows that code now.")
    assert "Chat: +250788999222" in typing(tenant, second).shows


def test_tries_are_counted_across_sessions(tenant: UssdTenant, chat: Texter) -> None:
    code = code_of(chat)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in range(links.LINK_TRIES - 1, 0, -1):
        assert typing(tenant, wrong).shows.startswith(
            f"No chat shows that code now. Tries left: {left}."
        )
    assert typing(tenant, wrong).shows.startswith("Too many wrong codes. Try again in an hour.")
    assert typing(tenant, code).shows.startswith("Too many wrong codes.")
    # Another person's tries are theirs.
    assert "Chat: " in typing(tenant, code, "habimana").shows
    tenant.admin.execute("UPDATE chat_link_try SET until = now() - interval '1 second'")
    assert "Chat: " in typing(tenant, code).shows


def test_a_code_is_kept_as_a_keyed_hash_only(tenant: UssdTenant, chat: Texter) -> None:
    code = code_of(chat)
    [row] = tenant.admin.execute("SELECT chat_link::text FROM chat_link").fetchall()
    assert code not in str(row)


def test_linking_is_not_done_in_a_chat(tenant: UssdTenant) -> None:
    uwera = Texter(tenant, tenant.people["uwera"].phones[0])
    for text in ("menu", "8"):
        uwera.text(text)
    assert uwera.text("Link a chat") == (
        "Dial *384*10# for this: it needs your PIN. Never send your PIN."
    )


def unlink(tenant: UssdTenant) -> int:
    """Staff take out what chats uwera has; how many."""
    who = tenant.people["uwera"].id
    with tenant.tx() as tx:
        chats = links.chats_of(tx, KEYS, who)
        for chat in chats:
            links.unlink(tx, KEYS, who, chat, actor="operator a", reason="not hers")
    return len(chats)


def test_an_unlinked_chat_knows_nobody_at_once(tenant: UssdTenant, chat: Texter) -> None:
    link(tenant, chat)
    for text in ("menu", "1", "1"):
        chat.text(text)
    assert unlink(tenant) == 1
    assert people_at(tenant, OTHER) == []
    assert SHOWN.fullmatch(chat.text("500"))  # the session there has ended
    assert people_at(tenant, tenant.people["uwera"].phones[0]) == ["uwera"]
    link(tenant, chat)
    assert people_at(tenant, OTHER) == ["uwera"]  # it may be linked again


def test_a_number_where_somebody_typed_their_pin_is_a_phone_and_no_chat(
    tenant: UssdTenant, chat: Texter
) -> None:
    link(tenant, chat)
    tenant.admin.execute(
        "UPDATE address SET used_at = now() WHERE lookup = %s", (KEYS.lookup(people.USSD, OTHER),)
    )
    assert unlink(tenant) == 0


def test_its_person_takes_a_chat_out_by_phone(tenant: UssdTenant, chat: Texter) -> None:
    link(tenant, chat)
    chat.text("menu")
    phone = phone_of(tenant, "uwera")
    assert phone.dial("*384*10*8*6#").text.startswith("Enter your PIN")
    assert "1 +250788999222" in phone.type(tenant.people["uwera"].pin).text
    phone.type("1")
    assert people_at(tenant, OTHER) == ["uwera"]  # not before the Yes
    assert phone.type("1").text == "The chat is no longer yours."
    assert people_at(tenant, OTHER) == []
    assert SHOWN.fullmatch(chat.text("1"))
    assert tenant.texts("uwera")[-1].startswith("Ibimina: a chat was taken out of your account")
    assert tenant.one("SELECT actor FROM audit WHERE action = 'detach number'") == ("phone",)


def test_a_chat_that_staff_took_out_meanwhile_is_told(tenant: UssdTenant, chat: Texter) -> None:
    link(tenant, chat)
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*8*6#")
    phone.type(tenant.people["uwera"].pin, "1")
    assert unlink(tenant) == 1
    assert phone.type("1").text.startswith("That chat is not yours any more.")


# --- going on in another chat ---------------------------------------------------------------------


def test_a_conversation_goes_on_in_another_chat(tenant: UssdTenant, chat: Texter) -> None:
    link(tenant, chat)
    first = Texter(tenant, tenant.people["uwera"].phones[0])
    for text in ("menu", "1", "1"):
        first.text(text)
    assert chat.text("hi").startswith(
        "Continuing where you stopped. Start again: 00\nHow much for Kopera Twisungane?"
    )
    assert "Total: 510 RWF\nDial *384*10# to finish" in chat.text("500")
    # It is in one place: the other chat begins again, or takes it back.
    assert first.text("hello").startswith(
        "Continuing where you stopped. Start again: 00\nSave in Kopera Twisungane?"
    )
    assert first.text("yes").startswith("Dial *384*10# to finish")


def test_who_asks_for_the_menu_or_writes_a_command_begins_anew(
    tenant: UssdTenant, chat: Texter
) -> None:
    link(tenant, chat)
    first = Texter(tenant, tenant.people["uwera"].phones[0])
    for text in ("menu", "1", "1"):
        first.text(text)
    assert chat.text("MENU").startswith(MAIN)
    tenant.admin.execute(
        "UPDATE conversation SET session_sealed = NULL WHERE address_lookup = %s",
        (KEYS.lookup(people.USSD, OTHER),),
    )
    assert chat.text("PAY KOP2").startswith("How much for Abishyizehamwe?")


def test_a_reply_to_news_begins_what_those_ask_for(tenant: UssdTenant, chat: Texter) -> None:
    link(tenant, chat)
    first = Texter(tenant, tenant.people["uwera"].phones[0])
    for text in ("menu", "8"):
        first.text(text)
    tenant.admin.execute(
        "UPDATE conversation SET reply_flow = 'contribute', reply_until = now() + interval '1 hour'"
        " WHERE address_lookup = %s",
        (KEYS.lookup(people.USSD, OTHER),),
    )
    assert chat.text("all right").startswith("Save in which group?")
    assert first.text("2").startswith("Choose your language")  # it is still there


def test_nobodys_conversation_is_anothers(tenant: UssdTenant) -> None:
    first = Texter(tenant, tenant.people["uwera"].phones[0])
    for text in ("menu", "1", "1"):
        first.text(text)
    habimana = Texter(tenant, tenant.people["habimana"].phones[0])
    assert habimana.text("hi").startswith(MAIN)
    assert first.text("500").startswith("Save in Kopera Twisungane?")


# --- going on by USSD -----------------------------------------------------------------------------


def test_a_dial_goes_on_with_what_a_chat_asked(tenant: UssdTenant) -> None:
    uwera = tenant.people["uwera"]
    chat = Texter(tenant, uwera.phones[0])
    for text in ("menu", "1", "1"):
        chat.text(text)
    phone = phone_of(tenant, "uwera")
    assert phone.dial().text.startswith(
        "Continuing where you stopped. Start again: 00\nHow much for Kopera Twisungane?"
    )
    assert phone.type("500", "1", uwera.pin).text.startswith("Saved 500 RWF")
    # It ended in the chat, and is told there no more.
    assert chat.text("600").startswith("Ibimina")


@pytest.mark.parametrize("minutes", [16, 60])
def test_a_chat_of_some_time_ago_does_not_come_between(tenant: UssdTenant, minutes: int) -> None:
    chat = Texter(tenant, tenant.people["uwera"].phones[0], "whatsapp")
    for text in ("menu", "1", "1"):
        chat.text(text)
    tenant.admin.execute(
        "UPDATE conversation SET last_inbound_at = last_inbound_at - make_interval(mins => %s)",
        (minutes,),
    )
    assert phone_of(tenant, "uwera").dial().text.startswith(MAIN)
    assert "Total: 510 RWF" in chat.text("500")  # it is still there


def test_what_was_finished_by_ussd_does_not_come_again(tenant: UssdTenant) -> None:
    uwera = tenant.people["uwera"]
    chat = Texter(tenant, uwera.phones[0])
    for text in ("menu", "1", "1", "500"):
        chat.text(text)
    phone = phone_of(tenant, "uwera")
    phone.dial()
    assert phone.type("1", uwera.pin).text.startswith("Saved 500 RWF")
    assert phone.dial().text.startswith("Saved 500 RWF")
    assert phone.dial("*384*10*2#").text.startswith("Enter your PIN")
    tenant.later(16)
    assert phone.dial().text.startswith(MAIN)
    assert tenant.entries() == 1


@pytest.mark.parametrize("how", ["dials", "writes elsewhere"])
def test_an_answer_that_is_not_worked_yet_keeps_its_question(tenant: UssdTenant, how: str) -> None:
    """Else the amount came to a chat that had ended: it asked nobody to confirm it, and at a menu
    it might have been taken for a key."""
    uwera = tenant.people["uwera"]
    chat = Texter(tenant, uwera.phones[0])
    for text in ("menu", "1", "1"):
        chat.text(text)
    chat.post("500")
    phone = phone_of(tenant, "uwera")
    if how == "dials":
        assert phone.dial().text.startswith(MAIN)
    else:
        assert Texter(tenant, uwera.phones[0], "whatsapp").text("hi") == "Ibimina"
    chat.work()
    assert any("Amount: 500 RWF" in reply for reply in chat.replies())
    assert phone.dial().text.startswith(f"{say(sentences.RESUMED, 'en')}\nSave in Kopera")
    assert phone.type("1", uwera.pin).text.startswith("Saved 500 RWF")
    assert tenant.entries() == 1
