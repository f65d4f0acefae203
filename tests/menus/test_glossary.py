"""The glossary: read as data, extended by other files, and held against texts."""

from pathlib import Path

import pytest

from menus import check, glossary
from menus.glossary import GLOSSARY, Term, breaches, load
from menus.languages import LOCALES_FOLDER
from menus.tree_reading import read_tree

DEPOSIT = Term(
    "deposit",
    says={"en": ("deposit",), "fr": ("dépôt", "dépôts"), "rw": ("kubitsa", "*bitsa")},
    never={"fr": ("recharg*",), "sw": ("nyongeza",), "en": ("top up",)},
    unless_en=("airtime",),
)


def test_the_catalogues_keep_to_it() -> None:
    assert check.check_words() == []


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"en": "No deposit waits.", "fr": "Aucun dépôt."}, []),
        ({"en": "Deposit?", "rw": "Urabitsa angahe?"}, []),
        (
            {"en": "Which deposit?", "fr": "Quelle recharge?"},
            [
                ("fr", "has 'recharg*', which is not to be said (deposit): say 'dépôt'"),
                ("fr", "has another word than 'dépôt' for 'deposit'"),
            ],
        ),
        (
            {"en": "Paid.", "sw": "Nyongeza ipi?"},
            [("sw", "has 'nyongeza', which is not to be said (deposit)")],
        ),
        ({"en": "Airtime", "fr": "Recharge"}, []),
        (
            {"en": "Top up?"},
            [("en", "has 'top up', which is not to be said (deposit): say 'deposit'")],
        ),
        ({"en": "Sent to {deposit}.", "fr": "Envoyé à {deposit}."}, []),
        ({"en": "Deposited", "fr": "Fait"}, []),
    ],
)
def test_forbidden_words_and_other_words_are_told(
    texts: dict[str, str], told: list[tuple[str, str]]
) -> None:
    assert list(breaches(texts, [DEPOSIT])) == told


def test_a_breach_planted_in_a_catalogue_is_found(tmp_path: Path) -> None:
    for path in LOCALES_FOLDER.rglob("*.po"):
        copy = tmp_path / path.relative_to(LOCALES_FOLDER)
        copy.parent.mkdir(parents=True)
        words = path.read_text("utf-8")
        if path.parts[-3] == "fr":
            assert 'msgstr "Quel dépôt?"' in words
            words = words.replace('msgstr "Quel dépôt?"', 'msgstr "Quelle recharge?"')
        copy.write_text(words, "utf-8")
    assert [str(problem) for problem in check.check_words(folder=tmp_path)] == [
        "menus: 'Which deposit?' in fr: has 'recharg*', which is not to be said (deposit):"
        " say 'dépôt'",
        "menus: 'Which deposit?' in fr: has another word than 'dépôt' for 'deposit'",
    ]


def test_a_breach_in_a_tenants_menu_is_found() -> None:
    tree = read_tree(
        {
            "text": {"en": "Duka", "sw": "Duka"},
            "menu": [
                {
                    "key": 1,
                    "id": "sell",
                    "text": {"en": "Deposit for a customer", "sw": "Nyongeza kwa mteja"},
                    "flow": "topup",
                }
            ],
        }
    )
    [forbidden, other] = check.check_tree_words(tree)
    assert "in sw: has 'nyongeza', which is not to be said (deposit)" in str(forbidden)
    assert "in sw: has another word than 'kuweka pesa' for 'deposit'" in str(other)


def test_a_domain_brings_terms_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "rides.yaml"
    own.write_text("- {id: helmet, says: {en: [helmet], fr: [casque]}, never: {fr: [bonnet]}}\n")
    terms = load(GLOSSARY, own)
    assert len(terms) == len(load()) + 1
    told = list(breaches({"en": "Your helmet", "fr": "Votre bonnet"}, terms))
    assert [language for language, _what in told] == ["fr", "fr"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a: b", "a glossary is a list of terms"),
        ("- {says: {}}", "a term has an id"),
        ("- {id: a, says: {de: [b]}}", "in a language that is not served"),
        ("- {id: a, says: {en: b}}", "are a list of texts"),
        ("- {id: a, forever: {en: [b]}}", "unknown key 'forever'"),
        ("- {id: deposit}", "'deposit' is there twice"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=wrong):
        glossary.load(GLOSSARY, path)
