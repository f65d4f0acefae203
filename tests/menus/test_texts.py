"""Saying texts, amounts and times in each language."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus import gsm7, sentences, texts
from menus.languages import LANGUAGES
from menus.texts import Day, Local, Msg, Param, _, say
from values.money import Money

KIGALI = ZoneInfo("Africa/Kigali")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Money(1500, "RWF"), ("1,500 RWF",) * 7),
        (Money(0, "RWF"), ("0 RWF",) * 7),
        (Money(-25000, "UGX"), ("-UGX 25,000",) * 7),
        (Money(123456, "GHS"), ("GHS 1,234.56",) * 7),
        (Money(125000, "KES"), ("Ksh 1,250.00",) * 7),
        (Money(-5, "KES"), ("-Ksh 0.05",) * 7),
        (Money(100000, "NGN"), ("NGN 1,000.00",) * 7),
        (Money(5_000_000, "TZS"), ("Tsh 50,000",) * 7),
        (Money(5_000_050, "TZS"), ("Tsh 50,000.50",) * 7),
        (Money(5000, "XOF"), ("5 000 FCFA",) * 7),
        (Money(1_250_000, "XAF"), ("1 250 000 FCFA",) * 7),
        (Money(5000_00, "MGA"), ("5,000 MGA",) * 7),
        (Money(123456, "ZMW"), ("1,234.56 ZMW",) * 7),
        (12000, ("12000",) * 7),
        (time(7, 5), ("07:05",) * 7),
        (Day(date(2026, 11, 9)), ("09/11",) * 7),
        (date(2026, 8, 31), ("31/08/2026",) * 7),
        (datetime(2026, 11, 19, 22, 30, tzinfo=UTC).astimezone(KIGALI), ("20/11 00:30",) * 7),
        ("as it is", ("as it is",) * 7),
        (sentences.YES, ("Yes", "Yego", "Oui", "Ndiyo", "Aane", "Ye", "Eh")),
        (Local({"en": "Save", "rw": "Zigama"}), ("Save", "Zigama", *("Save",) * 5)),
        (Local({"rw": "Zigama"}), ("Zigama",) * 7),
    ],
)
def test_amounts_follow_their_country_and_words_the_language(
    value: Param, said: tuple[str, ...]
) -> None:
    languages = ("en", "rw", "fr", "sw", "tw", "lg", "ha")
    assert tuple(say(value, language) for language in languages) == said


@given(st.integers(-(10**15), 10**15), st.sampled_from(["RWF", "GHS", "XOF", "KES"]))
def test_amounts_are_exact_and_need_no_folding(amount_minor: int, currency: str) -> None:
    for language in LANGUAGES:
        said = say(Money(amount_minor, currency), language)
        assert gsm7.fold(said) == said
        figures = "".join(char for char in said if char in "-0123456789")
        assert int(figures) == amount_minor


def test_values_go_where_each_language_puts_them() -> None:
    message = sentences.between(Money(100, "RWF"), Money(500_000, "RWF"))
    assert say(message, "en") == "Between 100 RWF and 500,000 RWF, please."
    assert say(message, "fr") == "Entre 100 RWF et 500,000 RWF, svp."


def test_a_message_within_a_message_is_said_in_the_same_language() -> None:
    message = sentences.between(sentences.YES, Local({"en": "b", "sw": "be"}))
    assert say(message, "sw") == "Weka kati ya Ndiyo na be."


def test_braces_in_a_value_are_words() -> None:
    message = Msg("To {name}", name="{amount} {name}")
    assert say(message, "en") == "To {amount} {name}"


def test_a_sentence_without_a_translation_is_said_in_english() -> None:
    assert say(Msg("Nobody translated {this}.", this=1), "rw") == "Nobody translated 1."


def test_a_language_not_served_is_answered_in_english() -> None:
    assert say(sentences.YES, "de") == "Yes"


def test_a_missing_value_shows_its_name_and_no_fault() -> None:
    assert say(Msg("Tries left: {tries}"), "en") == "Tries left: {tries}"


def test_bad_translations_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = texts.catalogue_path("rw", tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid "Good {a}"\nmsgstr "Byiza {a}"\n\n'
        'msgid "Other {a}"\nmsgstr "Ikindi {b}"\n\n'
        '#, fuzzy\nmsgid "Fuzzy"\nmsgstr "Ntibizwi"\n'
    )
    monkeypatch.setattr(
        texts, "read_catalogue", lambda language, _folder: _read(language, tmp_path)
    )
    texts._words_of.cache_clear()
    try:
        assert say(Msg("Good {a}", a="1"), "rw") == "Byiza 1"
        assert say(Msg("Other {a}", a="1"), "rw") == "Other 1"
        assert say(Msg("Fuzzy"), "rw") == "Fuzzy"
    finally:
        texts._words_of.cache_clear()


_read = texts.read_catalogue


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 19, 12, 0),  # noqa: DTZ001
        datetime(2026, 11, 19, 12, 0, tzinfo=UTC),
        datetime(2026, 11, 19, 12, 0, tzinfo=ZoneInfo("UTC")),
        True,
    ],
)
def test_a_time_without_a_place_and_a_yes_or_no_are_refused(value: Param) -> None:
    with pytest.raises(TypeError):
        say(value, "en")


def test_other_types_are_refused_by_name() -> None:
    with pytest.raises(TypeError, match="no way to say a list"):
        say([], "en")  # type: ignore[arg-type]


def test_messages_are_equal_and_hashed_by_words_and_values() -> None:
    one = _("Wrong PIN. Tries left: {tries}.", tries=2)
    assert one == sentences.wrong_pin(2)
    assert hash(one) == hash(sentences.wrong_pin(2))
    assert one != sentences.wrong_pin(1)
    assert Local({"en": "a", "rw": "b"}) == Local({"rw": "b", "en": "a"})
    assert len({Local({"en": "a", "rw": "b"}), Local({"rw": "b", "en": "a"})}) == 1


def test_values_stay_out_of_what_a_log_would_show() -> None:
    assert "Jean" not in repr(_("Name"))
    assert "Jean" not in repr(Msg("To {name}", name="Jean B."))


def test_a_text_needs_words() -> None:
    with pytest.raises(ValueError, match="at least one language"):
        Local({})


def test_every_catalogue_is_read_ahead() -> None:
    texts.preload()
    assert say(sentences.YES, "rw") == "Yego"
