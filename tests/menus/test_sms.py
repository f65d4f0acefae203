"""Segments of text messages, and the form in which a receipt is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus import gsm7
from menus.layout import Nav
from menus.screens import End, Menu, Option
from menus.sms import receipt, segments, sms_page


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        # A pair that would straddle the end of a part moves to the next one.
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("🎉" * 35, 1),
        ("🎉" * 36, 2),
        ("ê" * 66 + "🎉" + "ê" * 65, 2),
        ("ê" * 66 + "🎉" + "ê" * 66, 3),
        ("\x1b", 1),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(max_size=400))
def test_segments_hold_the_text_and_no_fewer_could(text: str) -> None:
    if gsm7.is_gsm7(text):
        size, single, part = gsm7.septets(text), 160, 153
    else:
        size, single, part = gsm7.ucs2_units(text), 70, 67
    count = segments(text)
    assert size <= (single if count == 1 else count * part)
    # At most one unit a part is wasted on keeping a character whole.
    assert count == 1 or size > (count - 1) * (part - 1)


def test_a_receipt_keeps_its_diacritics_where_they_cost_nothing() -> None:
    assert receipt("Reçu: 500 RWF payés à la fête") == "Reçu: 500 RWF payés à la fête"


def test_a_receipt_is_folded_where_they_would_cost_a_segment() -> None:
    text = "Reçu: 1 500 RWF payés au groupe Kopera le 19 août à 14:05. Frais 10 RWF. Réf 7KQ2"
    assert receipt(text) == text.replace("ç", "c").replace("û", "u")


def test_a_receipt_keeps_what_has_no_likeness() -> None:
    assert receipt("ሰላም " * 30) == "ሰላም " * 30


@given(st.text(max_size=200))
def test_a_receipt_never_costs_more_than_its_folded_form(text: str) -> None:
    sent = receipt(text)
    sent.encode()
    if gsm7.folds(gsm7.printable(text)):
        assert segments(sent) <= segments(gsm7.fold(gsm7.printable(text)))


LONG_FRENCH = (
    "Épargné: 1 500 RWF payés au groupe Kopera le 19 août à 14:05, frais inclus. Réf 7KQ2."
)


def test_where_the_tenant_forbids_it_no_letter_is_replaced() -> None:
    kept = receipt(LONG_FRENCH, folds=False)
    assert kept == LONG_FRENCH
    assert segments(kept) == 2
    assert segments(receipt(LONG_FRENCH)) == 1


def test_a_page_keeps_its_letters_where_they_cost_nothing() -> None:
    short = sms_page(End("Bonne fête, août"), "fr", Nav())
    assert short.text == "Bonne fête, août"
    long = sms_page(End(LONG_FRENCH), "fr", Nav())
    assert (long.text, segments(long.text)) == (gsm7.fold(LONG_FRENCH), 1)


def test_a_page_keeps_its_letters_whatever_they_cost_where_the_tenant_says_so() -> None:
    laid = sms_page(End(LONG_FRENCH), "fr", Nav(), folds=False)
    assert (laid.text, segments(laid.text)) == (LONG_FRENCH, 2)
    under = sms_page(End("Bonjour"), "fr", Nav(), notice="Payé août", folds=False)
    assert under.text == "Payé août\nBonjour"


@given(st.lists(st.text(max_size=40), min_size=1, max_size=40), st.booleans())
def test_pages_show_every_option_within_their_segments(labels: list[str], folds: bool) -> None:
    options = tuple(Option(key, label) for key, label in enumerate(labels, start=1))
    screen = Menu("Which?", options)
    start: int | None = 0
    shown = []
    while start is not None:
        laid = sms_page(screen, "en", Nav(home=True), start=start, folds=folds)
        assert segments(laid.text) <= 3
        shown += [line.partition(" ")[0] for line in laid.text.splitlines()]
        start = laid.more
    assert {str(option.key) for option in options} <= set(shown)
