"""Words that mean something everywhere in a chat, and words that a menu tree declares."""

from typing import Any

import pytest
import yaml

from menus.chat_help import check_help, help_text
from menus.chat_words import Said, agreed, is_taken, said, shown_word
from menus.languages import BY_CODE, LANGUAGES
from menus.tree_lint import renumbered
from menus.tree_reading import BadTree, read_tree
from tests.menus.trees import SAVINGS, SPOKEN


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_word_of_every_language_is_heard(code: str) -> None:
    one = BY_CODE[code]
    kinds = (
        *((Said.MENU, one.menu), (Said.GREETING, one.greetings), (Said.HELP, one.help)),
        *((Said.STOP, one.stop), (Said.START, one.start)),
    )
    for kind, words in kinds:
        for word in words:
            assert said(word) is kind
            assert said(f" {word.upper()}!! ") is kind
            assert said(f"{word}, {one.polite[0]}") is kind
            assert is_taken(word)
    assert [agreed(word) for word in one.yes] == [True] * len(one.yes)
    assert [agreed(f"{word} {one.polite[0]}") for word in one.no] == [False] * len(one.no)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Stop. Thank you", Said.STOP),
        ("stop\nplease", Said.STOP),
        ("Stop. I have told you twice", Said.STOP),
        ("stoooop", Said.STOP),
        ("We must stop this", None),
        ("STOP 4711", None),
        ("stop the bus. now", None),
        ("hello muraho", Said.GREETING),
        ("hi 5", None),
        ("", None),
        ("👍", None),
        ("stop " * 100, None),
    ],
)
def test_a_word_stands_alone(written: str, kind: Said | None) -> None:
    assert said(written) is kind


def test_stop_and_start_are_told_as_networks_write_them() -> None:
    told = {(shown_word(Said.STOP, code), shown_word(Said.START, code)) for code in LANGUAGES}
    assert told == {("STOP", "START")}


def tree_data(*words: Any) -> Any:
    """The tree of the tests, whose first nodes take these words."""
    data = yaml.safe_load(SAVINGS)
    for item, word in zip(data["menu"], words, strict=False):
        item["word"] = word
    return data


@pytest.mark.parametrize("word", ["PAY", ["pay", "Save"], {"en": "PAY", "rw": ["zigama"]}])
def test_a_node_is_opened_by_its_words(word: Any) -> None:
    tree = read_tree(tree_data(word))
    node = tree.by_word("pay", ())
    assert node is not None
    assert node.path == "save"
    assert tree.by_word("bal", ()) is None
    assert read_tree(tree.to_data()) == tree


def test_a_word_is_for_those_who_see_the_node() -> None:
    tree = read_tree(tree_data("PAY", "GROUP"))
    assert tree.by_word("GROUP", ()) is None
    group = tree.by_word("GROUP", ["member"])
    assert group is not None
    assert [node.path for node in tree.with_words(["member"])] == ["save", "group"]
    assert [node.path for node in tree.with_words(())] == ["save"]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("PAY", "pay"), "takes the word PAY, which opens save"),
        (("STOP",), "takes the word STOP, which means something already"),
        (({"rw": "Muraho"},), "takes the word MURAHO, which means something already"),
        (("yes",), "takes the word YES, which means something already"),
        (("B",), "word is to be letters and digits, 2 to 12, a letter first"),
        (("PAY NOW",), "word is to be letters and digits, 2 to 12, a letter first"),
        ((7,), "word is to be letters and digits, 2 to 12, a letter first"),
        (([],), "word is to be letters and digits, 2 to 12, a letter first"),
        (({"xx": "PAY"},), "word has words in 'xx', not a language of Piga"),
    ],
)
def test_a_word_that_clashes_is_a_fault(words: tuple[Any, ...], fault: str) -> None:
    with pytest.raises(BadTree) as caught:
        read_tree(tree_data(*words))
    assert [problem.what for problem in caught.value.problems] == [fault]


def test_a_word_that_opens_something_else_than_it_did_is_told() -> None:
    old, new = read_tree(tree_data("PAY")), read_tree(tree_data("SAVE", "PAY"))
    assert [str(problem) for problem in renumbered(old, new)] == [
        "menus: group: takes the word PAY, which opened save"
    ]
    assert renumbered(old, old) == []


def test_help_is_in_the_persons_words_and_fits_a_page() -> None:
    tree = read_tree(tree_data({"en": ["PAY", "SAVE"], "rw": "ZIGAMA"}))
    assert help_text(tree, (), "en") == "Write a word:\nPAY Save\nMENU Home\nSTOP no more news"
    assert "\nZIGAMA Zigama\n" in help_text(tree, (), "rw")
    assert "\nPAY " in help_text(tree, (), "fr")  # which has none of its own
    assert list(check_help(tree, SPOKEN)) == []


def test_a_help_over_three_segments_is_told() -> None:
    data = tree_data("PAY")
    data["menu"][0]["text"]["en"] = "Save " * 100
    assert [str(problem) for problem in check_help(read_tree(data), ["en"])] == [
        "menus: main menu: HELP takes 4 segments in en: fewer words, please"
    ]
