"""Titles of buttons and rows: whole where they fit, and never two alike."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from menus.titles import apart, are_apart, cut, units

WORDS = ["Kopera", "ya", "Nyamirambo", "Twisungane", "መርካቶ", "👩\u200d🌾", "é"]
LABELS = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                ["Kopera", "ya", "Nyamirambo", "Twisungane", "መርካቶ", "👩\u200d🌾", "é"]
            ),
            max_size=9,
        ).map(" ".join),
    ),
    max_size=10,
)


def sizes(text: str) -> tuple[int, int, int]:
    """A text's size by every way of counting that a provider may have: code points, UTF-16 units,
    and code points once its marks are decomposed no further."""
    composed = unicodedata.normalize("NFC", text)
    return len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2, len(composed)


@given(LABELS, st.sampled_from([20, 24]))
@example(["Kopera ya Nyamirambo Twisungane A", "Kopera ya Nyamirambo Twisungane B"], 24)
@example(["x" * 60] * 10, 20)
@example(["🎉" * 30, "🎉" * 31], 20)
@example(["Save (2)", "save", "SAVE", "Save"], 20)
def test_no_two_are_alike_and_none_is_too_long(labels: list[str], limit: int) -> None:
    titles = apart(labels, limit)
    assert len(titles) == len(labels)
    assert are_apart(titles)
    assert len({unicodedata.normalize("NFC", title).casefold() for title in titles}) == len(titles)
    assert all(max(sizes(title)) <= limit for title in titles)


@given(st.lists(st.text(alphabet="abcdé ", min_size=1, max_size=20), max_size=6, unique=True))
def test_what_fits_and_is_apart_stays_whole(labels: list[str]) -> None:
    labels = [" ".join(label.split()) for label in labels]
    if are_apart(labels):
        assert apart(labels, 20) == tuple(labels)


def test_a_long_label_ends_after_a_word() -> None:
    assert cut("Statement of all my groups", 20) == "Statement of all my…"
    assert cut("Statementofallmygroups", 20) == "Statementofallmygro…"
    assert cut("Statement", 20) == "Statement"


def test_labels_that_differ_at_their_end_keep_it() -> None:
    labels = ["Kopera Twisungane ya Nyamirambo", "Kopera Twisungane ya Kimironko"]
    assert apart(labels, 24) == ("Kopera Twisu… Nyamirambo", "Kopera Twisun… Kimironko")


def test_labels_that_are_alike_in_whole_are_numbered_in_their_order() -> None:
    assert apart(["Kopera", "kopera", "Kopera"], 24) == ("Kopera", "kopera (2)", "Kopera (3)")


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("👩\u200d🌾" * 5, "👩\u200d🌾" * 3 + "…"),  # 5 units each, and none is parted
        ("e\u0301" * 30, "é" * 19 + "…"),
        ("ẹ\u0301" * 30, "ẹ\u0301" * 9 + "…"),  # of two, by any way of counting
        ("\U0001f1f7\U0001f1fc" * 6, "\U0001f1f7\U0001f1fc" * 4 + "…"),
    ],
)
def test_a_visible_character_is_never_parted(label: str, title: str) -> None:
    assert apart([label], 20) == (title,)


def test_a_cut_leaves_no_half_of_a_change_of_direction() -> None:
    (title,) = apart(["\u2067شركة التوفير والادخار الوطنية\u2069"], 20)
    assert "\u2067" not in title
    assert units(title) <= 20
