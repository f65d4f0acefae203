"""Screens as messages of a chat: whatever they say, a provider takes them and nothing is lost."""

import pytest
from hypothesis import given, settings

from menus import sentences
from menus.answers import Amount, Number
from menus.chat_layout import ChatPage, Choice, chat_page
from menus.check_chat import faults
from menus.layout import Nav
from menus.limits import CHAT_TEXT_UNITS
from menus.screens import Ask, Attachment, Confirm, End, Fact, Info, Menu, Option, Screen
from menus.texts import Text
from menus.titles import whole
from tests.menus.test_layout import BOTH, NAVS, NOTICES, SCREENS, TONGUES
from values.money import Money


def menu(*labels: str) -> Menu:
    return Menu("Ibimina", tuple(Option(key, label) for key, label in enumerate(labels, start=1)))


def titles(chat: ChatPage) -> list[str]:
    return [choice.title for choice in chat.choices]


# --- any screen -----------------------------------------------------------------------------------


@settings(deadline=None)
@given(SCREENS, TONGUES, NAVS, NOTICES)
def test_a_provider_takes_any_screen(screen: Screen, language: str, nav: Nav, notice: Text) -> None:
    chat = chat_page(screen, language, nav, notice=notice)
    said = [fault for fault in faults(chat) if fault != "takes more than one message"]
    # What says nothing is found in the screen itself.
    assert said in ([], ["has an empty body"] if not chat.text.strip() else [])


@settings(deadline=None)
@given(SCREENS, TONGUES, NAVS)
def test_every_option_can_be_tapped_or_is_numbered(screen: Screen, language: str, nav: Nav) -> None:
    chat = chat_page(screen, language, nav)
    if isinstance(screen, Menu) and chat.plain.more is None:
        wanted = [(str(option.key), whole(str(option.label))) for option in screen.options]
        if chat.choices:
            tapped = {choice.typed: choice.description or choice.title for choice in chat.choices}
            numbered_labels = {key: label for key, label in wanted if label}
            for key, label in numbered_labels.items():
                assert tapped[key] == label or tapped[key].startswith(label)
        else:
            assert all(f"{key} {label}".strip() in chat.plain.text for key, label in wanted)


@settings(deadline=None)
@given(SCREENS, TONGUES, NAVS)
def test_what_is_too_long_for_one_message_goes_on_in_the_next(
    screen: Screen, language: str, nav: Nav
) -> None:
    start: int | None = 0
    seen = []
    while start is not None:
        chat = chat_page(screen, language, nav, start=start)
        assert chat.plain.start == start
        assert len(chat.text) <= CHAT_TEXT_UNITS
        seen.append(start)
        start = chat.plain.more
    assert seen == sorted(set(seen))


# --- which form -----------------------------------------------------------------------------------


def test_three_short_options_are_buttons_and_the_keys_stand_below() -> None:
    chat = chat_page(menu("Save", "Balances", "Receipts"), "en", BOTH)
    assert (chat.text, titles(chat), chat.button) == (
        "Ibimina",
        ["Save", "Balances", "Receipts"],
        "",
    )
    assert chat.footer == "0 Back  00 Home"


def test_where_there_is_room_the_keys_are_buttons_too() -> None:
    chat = chat_page(menu("Save"), "en", BOTH)
    assert chat.choices == (Choice("1", "Save"), Choice("0", "Back"), Choice("00", "Home"))
    assert chat.footer == ""


def test_a_question_is_answered_in_words_and_left_by_buttons() -> None:
    chat = chat_page(
        Ask("How much?", Amount("RWF", 100, 5_000)), "fr", BOTH, notice=sentences.WRONG_AMOUNT
    )
    assert chat.text == "Tapez un montant en chiffres, ex. 5000.\nHow much?"
    assert titles(chat) == ["Retour", "Accueil"]


def test_where_zero_is_an_answer_no_button_leads_back() -> None:
    assert titles(chat_page(Ask("How many?", Number(0, 9)), "en", BOTH)) == ["Home"]
    assert titles(chat_page(Ask("How many?", Number(1, 9)), "en", BOTH)) == ["Back", "Home"]


def test_more_options_are_a_list_with_the_keys_in_it() -> None:
    chat = chat_page(menu("Save", "Balances", "Receipts", "Statement"), "sw", BOTH)
    assert chat.button == "Chagua"
    assert titles(chat) == ["Save", "Balances", "Receipts", "Statement", "Rudi", "Mwanzo"]


def test_a_list_that_is_full_has_the_keys_below() -> None:
    chat = chat_page(menu(*(f"Group {number}" for number in range(1, 10))), "en", BOTH)
    assert len(chat.choices) == 9
    assert chat.footer == "0 Back  00 Home"


def test_a_label_that_is_cut_stands_whole_below_its_title() -> None:
    long = "Duterimbere Cooperative de Nyamirambo"
    chat = chat_page(menu(long, "Kopera"), "en", Nav())
    assert chat.choices == (
        Choice("1", "Duterimbere Cooperative…", long),
        Choice("2", "Kopera"),
    )


@pytest.mark.parametrize(
    "screen",
    [
        menu(*(f"Group {number}" for number in range(1, 12))),  # too many
        menu("A label as long as this is told whole nowhere, and nobody may guess " * 2),
        Menu("Words above a list. " * 60, (Option(1, "Save"),)),  # over the body
        End("Thank you."),
    ],
)
def test_anything_else_is_numbered_text(screen: Screen) -> None:
    chat = chat_page(screen, "en", BOTH)
    assert chat.choices == ()
    assert chat.text == chat.plain.text


def test_more_options_than_a_ussd_page_has_stand_in_one_message() -> None:
    chat = chat_page(menu(*(f"Group {number}" for number in range(1, 41))), "en", BOTH)
    assert chat.plain.more is None
    assert chat.text.splitlines()[-2:] == ["40 Group 40", "0 Back  00 Home"]


def test_a_confirmation_stands_above_its_facts_with_yes_and_no() -> None:
    facts = (Fact("Amount", Money(50_000, "RWF")), Fact("Fee", Money(1_000, "RWF")))
    chat = chat_page(Confirm("Save in Kopera?", facts), "en", Nav(home=True))
    assert chat.header == "Save in Kopera?"
    assert chat.text.splitlines()[0].startswith("Amount: ")
    assert titles(chat) == ["Yes", "No", "Home"]
    assert "1 Yes 2 No" in chat.plain.text


def test_letters_are_kept_as_they_are_written() -> None:
    chat = chat_page(menu("Épargner — août"), "fr", Nav())
    assert titles(chat) == ["Épargner — août"]


def test_a_file_goes_with_its_words() -> None:
    statement = Attachment("document", "application/pdf", "statement.pdf", content=b"%PDF-")
    chat = chat_page(Info("Your statement.", statement), "en", BOTH)
    assert chat.attachment == statement
    assert chat.text == "Your statement.\n0 Back  00 Home"
    long = chat_page(End("x" * 1025, statement), "en", Nav())
    assert long.attachment is None, "words over a caption go alone: they say all"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://x/y.pdf", "content": b"%PDF-"},
        {},
        {"content": b"x" * 500_001},
    ],
)
def test_a_file_has_an_address_or_some_bytes(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="an attachment has"):
        Attachment("document", "application/pdf", "a.pdf", **wrong)  # type: ignore[arg-type]
