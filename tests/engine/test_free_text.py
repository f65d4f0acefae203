"""What people write in a chat: labels with slips, amounts, greetings, buttons of earlier messages.

The same menus by USSD take keys only, and no word of this.
"""

from collections.abc import Callable

import pytest

from tests.support.phone import phone_of
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant

MAIN = "Ibimina\n1 Save\n2 Balances"
AMOUNT = "How much for Kopera Twisungane?"
GROUPS = "Save in which group?\n1 Kopera Twisungane\n2 Abishyizehamwe"


@pytest.fixture
def uwera(tenant: UssdTenant) -> Texter:
    return Texter(tenant, tenant.people["uwera"].phones[0])


@pytest.fixture
def speaking(tenant: UssdTenant, uwera: Texter) -> Callable[[str], Texter]:
    def speaking(language: str) -> Texter:
        tenant.admin.execute("UPDATE subscriber SET language = %s", (language,))
        return uwera

    return speaking


@pytest.mark.parametrize("written", ["1", "save", "SAVE", "1 Save", "1. save", "1) Save", "savve"])
def test_an_option_by_its_key_its_label_or_nearly_so(uwera: Texter, written: str) -> None:
    uwera.text("menu")
    assert uwera.text(written).startswith(GROUPS)


@pytest.mark.parametrize(
    ("language", "written", "leads_to"),
    [
        ("fr", "epargner", "Épargner dans quel groupe?"),
        ("fr", "Épargné", "Épargner dans quel groupe?"),
        ("rw", "zigma", "Urazigama mu rihe tsinda?"),
        ("sw", "weka akba", "Unaweka akiba kikundi kipi?"),
        ("sw", "akiba", "Unaweka akiba kikundi kipi?"),
    ],
)
def test_in_the_persons_own_language(
    speaking: Callable[[str], Texter], language: str, written: str, leads_to: str
) -> None:
    texter = speaking(language)
    texter.text("menu")
    assert texter.text(written).startswith(leads_to)


@pytest.mark.parametrize("written", ["kopera", "KOP1", "twisungan", "Kopera Twisungne", "1 kopera"])
def test_an_option_of_a_list_by_a_part_of_its_name_or_its_code(uwera: Texter, written: str) -> None:
    uwera.text("menu")
    uwera.text("save")
    assert uwera.text(written).startswith(AMOUNT)


def test_two_that_may_be_meant_are_asked_about(tenant: UssdTenant, uwera: Texter) -> None:
    tenant.admin.execute(
        "UPDATE savings_group SET name = 'Kopera Twitezimbere' WHERE code = 'KOP2'"
    )
    uwera.text("menu")
    uwera.text("save")
    asked = uwera.text("kopera")
    assert asked.startswith("Did you mean 1 Kopera Twisungane or 2 Kopera Twitezimbere?\nSave in")
    assert uwera.text("2").startswith("How much for Kopera Twitezimbere?")


@pytest.mark.parametrize("written", ["sale", "the", "2 Save", "I want to save", "👍", "?!", "7 8"])
def test_what_is_near_to_nothing_is_not_guessed(uwera: Texter, written: str) -> None:
    uwera.text("menu")
    assert uwera.text(written).startswith(f"Choose a number shown.\n{MAIN}")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1k", "1,000 RWF"),
        ("1.5k", "1,500 RWF"),
        ("2 K Frw", "2,000 RWF"),
        ("1,000", "1,000 RWF"),
        ("1 000 RWF", "1,000 RWF"),
        ("5OO", "500 RWF"),
        ("1,OOO frw", "1,000 RWF"),
    ],
)
def test_an_amount_as_people_write_it_is_shown_on_the_confirmation(
    uwera: Texter, written: str, amount: str
) -> None:
    for text in ("menu", "1", "1"):
        uwera.text(text)
    assert f"Amount: {amount}\n" in uwera.text(written)


@pytest.mark.parametrize("written", ["1,500k", "5k USD", "k", "OO", "a thousand", "5 00"])
def test_no_amount_is_guessed(uwera: Texter, written: str) -> None:
    for text in ("menu", "1", "1"):
        uwera.text(text)
    assert uwera.text(written).endswith(f"\n{AMOUNT}\n0 Back 00 Home")


def test_a_k_is_no_thousand_by_ussd(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    assert phone.type("1", "1", "1k").text.startswith("Type an amount in digits")
    assert phone.type("5OO").text.startswith("Type an amount in digits")
    assert phone.type("0", "kopera").text.startswith("Choose a number shown.")


@pytest.mark.parametrize(
    "written", ["hi", "Hello!", "hiii", "Muraho 👋", "bonjour", "Mambo", "MENU", "good morning, hi"]
)
def test_a_greeting_opens_the_menu(uwera: Texter, written: str) -> None:
    for text in ("menu", "1", "1"):
        uwera.text(text)
    assert uwera.text(written).startswith(MAIN)


@pytest.mark.parametrize("written", ["yes", "Yes please", "YEGO", "oui merci", "ndiyo", "1"])
def test_yes_in_every_language(uwera: Texter, written: str) -> None:
    for text in ("menu", "1", "1", "500"):
        uwera.text(text)
    assert uwera.text(written).startswith("Dial *384*10# to finish")


@pytest.mark.parametrize("written", ["yess", "ok yes or no", "yes 500", "sure"])
def test_nobody_agrees_by_something_near_to_yes(uwera: Texter, written: str) -> None:
    for text in ("menu", "1", "1", "500"):
        uwera.text(text)
    assert uwera.text(written).startswith("Choose a number shown.\nSave in Kopera Twisungane?")


def test_the_keys_of_ours_by_their_names(speaking: Callable[[str], Texter]) -> None:
    texter = speaking("fr")
    for text in ("menu", "1", "1"):
        texter.text(text)
    assert texter.text("Retour").startswith("Épargner dans quel groupe?")
    assert texter.text("accueil").startswith("Ibimina")


# --- buttons --------------------------------------------------------------------------------------


def test_a_tap_is_taken_by_its_id_and_not_by_its_words(uwera: Texter) -> None:
    uwera.text("menu")
    tapped = uwera.option("1")
    assert uwera.tap(tapped, text="Balances").startswith(GROUPS)


def test_a_tap_at_an_earlier_question_answers_nothing(uwera: Texter) -> None:
    uwera.text("menu")
    save = uwera.option("1")
    uwera.text("1")
    again = uwera.tap(save, text="Save")
    assert again.startswith(f"That button belongs to an earlier message.\n{GROUPS}")
    # The question is still the same one, and its own buttons are good.
    assert uwera.tap(uwera.option("1"), text="Kopera Twisungane").startswith(AMOUNT)


def test_a_yes_of_another_payment_agrees_to_nothing(uwera: Texter) -> None:
    for text in ("menu", "1", "1", "500"):
        uwera.text(text)
    yes = uwera.option("1")
    for text in ("2", "menu", "1", "1", "9000"):
        uwera.text(text)
    assert uwera.tap(yes, text="Yes").startswith("That button belongs to an earlier message.")
    assert uwera.tap(uwera.option("1"), text="Yes").startswith("Dial *384*10# to finish")


def test_a_button_is_good_while_its_question_is_asked_again(uwera: Texter) -> None:
    uwera.text("menu")
    save = uwera.option("1")
    uwera.text("what?")
    assert uwera.tap(save).startswith(GROUPS)


def test_a_tap_after_the_conversation_opens_the_menu_and_says_why(
    tenant: UssdTenant, uwera: Texter
) -> None:
    uwera.text("menu")
    save = uwera.option("1")
    tenant.admin.execute("UPDATE conversation SET session_until = now() - interval '1 second'")
    assert uwera.tap(save).startswith(f"That button belongs to an earlier message.\n{MAIN}")
    # Of another conversation, it is another button, though the question looks alike.
    assert uwera.tap(save).startswith("That button belongs to an earlier message.")


@pytest.mark.parametrize("forged", ["1", ".1", "x" * 16 + ".1", "0123456789abcdef.", "\x00"])
def test_an_id_that_is_none_of_ours_answers_nothing(uwera: Texter, forged: str) -> None:
    uwera.text("menu")
    assert uwera.tap(forged).startswith("That button belongs to an earlier message.")


def test_a_list_that_changed_meanwhile_means_what_was_shown(
    tenant: UssdTenant, uwera: Texter
) -> None:
    uwera.text("menu")
    uwera.text("1")
    first = uwera.option("1")
    tenant.admin.execute("UPDATE savings_group SET name = 'Another Name' WHERE code = 'KOP1'")
    assert uwera.tap(first).startswith(AMOUNT)


def test_words_of_a_list_that_changed_meanwhile_choose_nothing(
    tenant: UssdTenant, uwera: Texter
) -> None:
    uwera.text("menu")
    uwera.text("1")
    tenant.admin.execute("UPDATE savings_group SET name = 'Another Name' WHERE code = 'KOP1'")
    assert uwera.text("another name").startswith("Choose a number shown.")
