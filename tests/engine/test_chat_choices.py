"""Conversations where things can be tapped: the same flows, as buttons and lists."""

import pytest

from engine.turn.replies import Reply
from tests.support.phone import phone_of
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant

CODE = "```*384*10#```"


def chat(tenant: UssdTenant, key: str) -> Texter:
    return Texter(tenant, tenant.people[key].phones[0], "whatsapp")


def titles(reply: Reply) -> list[str]:
    return [tap.title for tap in reply.taps]


def tap(texter: Texter, title: str) -> Reply:
    """Tap what has that title in the newest reply."""
    [id] = [each.id for each in texter.messages()[-1].taps if each.title == title]
    texter.tap(id, text=title)
    return texter.messages()[-1]


def test_a_saving_is_begun_by_taps_and_paid_by_ussd(tenant: UssdTenant) -> None:
    uwera = chat(tenant, "uwera")
    menu = uwera.write("Muraho")
    assert menu.button == "Choose"
    assert titles(menu)[:2] == ["Save", "Balances"]
    groups = tap(uwera, "Save")
    assert groups.text == "Save in which group?"
    assert titles(groups)[0] == "Kopera Twisungane"
    amount = tap(uwera, "Kopera Twisungane")
    assert (amount.text, titles(amount)) == ("How much for Kopera Twisungane?", ["Back", "Home"])
    finish = uwera.write("1k")
    assert finish.text.startswith("Save in Kopera Twisungane?\nAmount: 1,000 RWF")
    assert CODE in finish.text
    assert len(uwera.messages()) == 4
    shown = phone_of(tenant, "uwera").dial()
    assert shown.text.startswith("Continuing where you stopped.\nSave in Kopera Twisungane?")


def test_who_is_in_one_group_needs_three_messages(tenant: UssdTenant) -> None:
    habimana = chat(tenant, "habimana")
    habimana.write("hi")
    tap(habimana, "Save")
    assert CODE in habimana.write("500").text
    assert len(habimana.messages()) == 3


def test_a_wrong_answer_and_the_question_are_one_message(tenant: UssdTenant) -> None:
    habimana = chat(tenant, "habimana")
    habimana.write("hi")
    tap(habimana, "Save")
    again = habimana.write("a lot")
    assert again.text == ("Type an amount in digits, like 5000.\nHow much for Kopera Twisungane?")
    assert titles(again) == ["Back", "Home"]


def test_a_button_of_an_earlier_question_answers_no_other(tenant: UssdTenant) -> None:
    uwera = chat(tenant, "uwera")
    menu = uwera.write("hi")
    tap(uwera, "Save")
    old = menu.taps[0].id
    assert old not in [each.id for each in uwera.messages()[-1].taps]
    said = uwera.tap(old, text="Save")
    assert said.startswith("That button belongs to an earlier message.\nSave in which group?")


def test_the_taps_of_two_people_differ(tenant: UssdTenant) -> None:
    one, other = (chat(tenant, key).write("hi") for key in ("uwera", "habimana"))
    assert titles(one) == titles(other)
    assert not {each.id for each in one.taps} & {each.id for each in other.taps}


def test_back_and_home_are_tapped(tenant: UssdTenant) -> None:
    uwera = chat(tenant, "uwera")
    uwera.write("hi")
    tap(uwera, "Save")
    tap(uwera, "Kopera Twisungane")
    assert tap(uwera, "Back").text == "Save in which group?"
    tap(uwera, "Kopera Twisungane")
    assert titles(tap(uwera, "Home"))[0] == "Save"


def test_what_a_provider_cannot_show_is_kept_as_text(tenant: UssdTenant) -> None:
    menu = chat(tenant, "uwera").write("hi")
    lines = menu.in_words().text.splitlines()
    assert lines[:2] == ["Ibimina", "1 Save"]
    assert menu.in_words().taps == ()
    assert Reply.unpacked(menu.packed()) == menu


def test_a_reply_keeps_its_words_out_of_reprs(tenant: UssdTenant) -> None:
    assert "Ibimina" not in repr(chat(tenant, "uwera").write("hi"))


@pytest.mark.parametrize("allows", [True, False])
def test_letters_by_sms_are_replaced_where_the_tenant_allows(
    tenant: UssdTenant, allows: bool
) -> None:
    name = "Épargne — août"
    tenant.admin.execute(
        "UPDATE savings_group SET name = %s WHERE code = 'KOP1'", (f"{name} {name} {name} {name}",)
    )
    tenant.admin.execute(
        "UPDATE tenant SET settings = settings || %s",
        (f'{{"sms_transliterate": {str(allows).lower()}}}',),
    )
    habimana = Texter(tenant, tenant.people["habimana"].phones[0])
    habimana.text("hi")
    assert ("—" in habimana.text("1")) is not allows
