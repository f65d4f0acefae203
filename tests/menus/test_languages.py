"""Languages as data: each is sound, counts as CLDR says, and a folder that is not is named."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from babel import Locale

from menus import gsm7
from menus.catalogues import by_sentence, languages_in
from menus.keys import NO_WORDS, YES_WORDS
from menus.languages import BY_CODE, LANGUAGES, LOCALES_FOLDER, BadLanguage, read_languages
from menus.limits import ANSWER_CHARS_MAX
from menus.screens import Menu, language_options

# Where CLDR has another code for a language.
CLDR = {"tw": "ak"}
SOUND = {
    "name": "Runyankole",
    "key": 8,
    "plural": {"one": "n = 1"},
    "folds": {},
    "secrets": ["PIN"],
    "typed": {
        **{"yes": ["yego"], "no": ["ngaaha"], "menu": ["menu"], "greetings": ["agandi"]},
        **{"help": ["obuhwezi"], "stop": ["rekyera"], "start": ["tandika"], "polite": ["webare"]},
    },
    "notes": "As it is spoken in Mbarara.",
}


def write(folder: Path, code: str, data: Any) -> None:
    (folder / code).mkdir()
    (folder / code / "language.yaml").write_text(yaml.safe_dump(data, allow_unicode=True))


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_counts_as_cldr_says(code: str) -> None:
    cldr = Locale(CLDR.get(code, code)).plural_form
    own = BY_CODE[code].plural_rule
    for count in (*range(300), 1_000_000, 2_000_000, 1_000_001):
        assert own(count) == cldr(count), count


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_names_every_letter_of_its_catalogue_that_gsm7_lacks(code: str) -> None:
    said = "".join(texts.get(code, "") for texts in by_sentence().values())
    lacking = {letter for letter in said if not gsm7.is_gsm7(letter)}
    assert lacking <= BY_CODE[code].folds.keys()
    assert {gsm7.fold(letter) for letter in lacking} <= set(BY_CODE[code].folds.values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_people_type_can_be_typed(code: str) -> None:
    one = BY_CODE[code]
    for word in (*one.yes, *one.no, *one.menu, *one.greetings, *one.stop, *one.start, *one.help):
        assert len(word) <= ANSWER_CHARS_MAX
    assert set(one.yes) <= YES_WORDS
    assert set(one.no) <= NO_WORDS
    assert not {*one.menu, *one.greetings} & (YES_WORDS | NO_WORDS)


def test_each_has_a_catalogue() -> None:
    assert set(languages_in(LOCALES_FOLDER)) == set(LANGUAGES)


def test_a_language_keeps_its_key_whoever_offers_it() -> None:
    menu = Menu("", language_options({"ha", "en", "tw"}))
    assert [(one.key, one.label, one.value) for one in menu.options] == [
        (1, "English", "en"),
        (5, "Twi", "tw"),
        (7, "Hausa", "ha"),
    ]
    assert menu.parse("7").value == "ha"


def test_languages_come_in_the_order_of_their_keys(tmp_path: Path) -> None:
    write(tmp_path, "aa", {**SOUND, "name": "Late", "key": 9, "draft": True})
    write(tmp_path, "nyn", SOUND)
    (tmp_path / "no-language").mkdir()
    first, second = read_languages(tmp_path)
    assert (first.code, first.draft, second.code, second.draft) == ("nyn", False, "aa", True)
    assert first.plural_rule(1) == "one"
    assert first.plural_rule(2) == "other"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": ""}, "name has '', which is no text"),
        ({"key": 0}, "key is a number from 1 to 97"),
        ({"key": True}, "key is a number from 1 to 97"),
        ({"key": 98}, "key is a number from 1 to 97"),
        ({"draft": "yes"}, "draft is true or false"),
        ({"plural": {"one": "some"}}, "plural: "),
        ({"plural": {"single": "n = 1"}}, "plural: "),
        ({"plural": None}, "plural is a mapping"),
        ({"folds": {"ny": "n"}}, "'ny' is one letter"),
        ({"folds": {"ŋ": "ŋ"}}, "is one letter, and what stands for it is ASCII"),
        ({"colour": "red"}, "a language has the unknown key 'colour'"),
        ({"typed": {True: ["yego"]}}, "typed has the unknown key True: put it in quotes"),
        ({"typed": {**SOUND["typed"], "no": []}}, "typed: no is a list of words"),  # type: ignore[dict-item]
        ({"typed": {**SOUND["typed"], "no": ["Oya"]}}, "'Oya' is written in small letters"),  # type: ignore[dict-item]
        ({"secrets": "PIN"}, "secrets is a list of words"),
        ({"notes": None}, "notes has None, which is no text"),
    ],
)
def test_a_file_that_is_not_sound_is_named(
    tmp_path: Path, change: dict[str, Any], wrong: str
) -> None:
    write(tmp_path, "nyn", {**SOUND, **change})
    with pytest.raises(BadLanguage, match=r"^nyn/language\.yaml: ") as caught:
        read_languages(tmp_path)
    assert wrong in str(caught.value)


@pytest.mark.parametrize("text", ["[", "- a list", "\x00"])
def test_what_is_no_mapping_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "nyn").mkdir()
    (tmp_path / "nyn" / "language.yaml").write_text(text)
    with pytest.raises(BadLanguage, match=r"^nyn/language\.yaml"):
        read_languages(tmp_path)


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        ({"key": 8, "name": "B"}, "nyn and nyo have the same key: 8|nyo and nyn"),
        ({"key": 9, "name": "Runyankole"}, "have the same name: Runyankole"),
        ({"key": 9, "name": "B", "folds": {"ŋ": "ng"}}, "fold 'ŋ' in two ways"),
        (
            {
                "key": 9,
                "name": "B",
                "typed": {**SOUND["typed"], "yes": ["ngaaha"], "no": ["a"]},  # type: ignore[dict-item]
            },
            "'ngaaha' is no and yes",
        ),
    ],
)
def test_two_that_contradict_each_other_are_named(
    tmp_path: Path, other: dict[str, Any], wrong: str
) -> None:
    write(tmp_path, "nyn", {**SOUND, "folds": {"ŋ": "n"}})
    write(tmp_path, "nyo", {**SOUND, **other})
    with pytest.raises(BadLanguage, match=wrong):
        read_languages(tmp_path)
