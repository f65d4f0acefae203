"""The phone's small parts: numbers, codes and screens."""

import ast
import time
from collections.abc import Iterator

import pytest

from app.demo.phone.network import Sms
from app.demo.phone.numbers import BadNumber, read_code, read_number
from app.demo.phone.screens import asks_secret, frame, lines, size
from app.demo.phone.transcript import text_line
from app.settings import CHECKOUT
from menus import sentences
from menus.answers import Amount, Name, PinAgain
from menus.languages import LANGUAGES
from menus.layout import Nav, pages
from menus.screens import Ask, Confirm, Menu, Option, Pin
from menus.texts import Text, _
from menus.ussd import ussd_budget

# --- numbers and codes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+250788000001", "+250788000001"),
        ("250788000001", "+250788000001"),
        ("00250788000001", "+250788000001"),
        (" +250 (788) 000-001 ", "+250788000001"),
        ("\u202a+250\u2011788/000/001\u202c", "+250788000001"),
        ("+٢٥٠٧٨٨٠٠٠٠٠١", "+250788000001"),
        ("+250 0788 000 001", "+250788000001"),
    ],
)
def test_a_number_is_read(typed: str, number: str) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "0788000001", "+25078", "+250718000001", "+250788000001234567", "me", "+٢٥٠"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadNumber, match="country code"):
        read_number(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("*384*10#", "*384*10#"), ("*384*10", "*384*10#"), (" *384 *10#", "*384*10#")],
)
def test_a_code_is_read(typed: str, code: str) -> None:
    assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "384", "*#", "*384*x#", "*" + "1" * 300])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(BadNumber, match="USSD"):
        read_code(typed)


# --- screens --------------------------------------------------------------------------------------


def test_a_screen_is_counted_as_the_network_counts_it() -> None:
    assert size("Pay 100?") == (8, 160, "septets")
    assert size("[1] €") == (5 + 3, 160, "septets")
    assert size("Ọjà") == (3, 70, "UCS-2 characters")


def test_a_screen_is_broken_between_words() -> None:
    text = "How much for Kopera Twisungane?\n\n0 Back 00 Home"
    assert lines(text) == ["How much for Kopera", "Twisungane?", "", "0 Back 00 Home"]
    assert lines("x" * 50) == ["x" * 24, "x" * 24, "xx"]
    assert {len(line) for line in frame(text).splitlines()} == {28}


def _screen(
    screen: Menu | Ask | Pin | Confirm, language: str, notice: Text = "", *, home: bool = True
) -> str:
    nav = Nav(back=home, home=home)
    return pages(screen, language, ussd_budget(), nav, notice)[0].text


def _own_prompts() -> Iterator[str]:
    """The sentences with which flows ask for a PIN or a code, beside the standard ones."""
    for path in sorted((CHECKOUT / "flows").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name("Pin"),
                    args=[ast.Call(func=ast.Name("_"), args=[ast.Constant(str(words))])],
                ):
                    yield words
                case ast.Call(
                    func=ast.Name("Ask"),
                    args=[
                        ast.Call(func=ast.Name("_"), args=[ast.Constant(str(words))]),
                        ast.Call(func=ast.Name("Code")),
                    ],
                ):
                    yield words


OWN_PROMPTS = list(_own_prompts())
SECRETS: list[tuple[Pin | Ask, Text]] = [
    (Pin(), ""),
    (Pin(), sentences.wrong_pin(2)),
    (Pin(sentences.CHOOSE_PIN, fresh=True), ""),
    (Pin(sentences.CHOOSE_PIN, fresh=True), sentences.PIN_POPULAR),
    (Ask(sentences.PIN_AGAIN, PinAgain()), ""),
    *((Pin(_(words)), "") for words in OWN_PROMPTS),
]
# Change PIN is an option here: what is typed is its number.
OPEN: list[Menu | Ask | Confirm] = [
    Menu("Konti", (Option(1, _("Change PIN")), Option(12, "PIN"))),
    Menu(
        _("The customer agrees by dialling this service, or gives you the code we texted."),
        (Option(1, _("Type the code")), Option(2, _("Cancel the sale"))),
    ),
    Ask(_("How much for {group}?", group="Kopera"), Amount("RWF", 100, 500_000)),
    Ask(_("Your name"), Name()),
    Confirm(_("Save in {group}?", group="Kopera")),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("screen", "notice"), SECRETS)
def test_what_asks_for_a_secret_is_known(screen: Pin | Ask, notice: Text, language: str) -> None:
    assert asks_secret(_screen(screen, language, notice))
    assert asks_secret(_screen(screen, language, notice, home=False))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", OPEN)
def test_what_asks_for_none_is_known(screen: Menu | Ask | Confirm, language: str) -> None:
    assert not asks_secret(_screen(screen, language))


def test_the_flows_were_searched_for_prompts() -> None:
    assert len(OWN_PROMPTS) >= 2  # a change of PIN, and a sale's code


# --- texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "shown"), [("+250788000001", "14:05"), ("+233240000401", "12:05")]
)
def test_a_text_came_at_the_time_that_its_words_say(
    monkeypatch: pytest.MonkeyPatch, number: str, shown: str
) -> None:
    """Wherever this machine stands."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    text: Sms = {
        "id": "1",
        "at": "2026-11-20T12:05:00+00:00",
        "from": "IBIMINA",
        "text": "Saved 500 RWF, 20/11 14:05.",
        "status": "Success",
    }
    try:
        assert text_line(text, number) == f"SMS {shown} IBIMINA: {text['text']}"
    finally:
        monkeypatch.undo()
        time.tzset()
