"""The fake's own count of what a handset can show, against an independent codec."""

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.simulator.handset import fits, pages, size


@pytest.mark.parametrize(
    ("text", "units", "gsm"),
    [
        ("", 0, True),
        ("1. Pay\n2. Balance", 17, True),
        ("é à ù Ç", 7, True),
        ("[5 €]", 8, True),
        ("ç", 1, False),
        ("1 – 2", 5, False),
        ("ok 🙂", 5, False),
        ("ẹ́", 2, False),
    ],
)
def test_size(text: str, units: int, gsm: bool) -> None:
    assert size(text) == (units, gsm)


@given(st.text(alphabet=st.characters(max_codepoint=0x20FF, exclude_categories=["Cs"])))
def test_size_as_the_standards_tables_have_it(text: str) -> None:
    try:
        # ESC is an escape in the alphabet, not a character of it.
        septets = None if "\x1b" in text else len(text.encode("gsm03.38"))
    except UnicodeEncodeError:
        septets = None
    assert size(text) == (
        (septets, True) if septets is not None else (len(text.encode("utf-16-le")) // 2, False)
    )


assert gsm0338  # importing it registers the codec


@pytest.mark.parametrize(
    ("text", "septets_max", "expected"),
    [
        ("x" * 182, 182, True),
        ("x" * 183, 182, False),
        ("x" * 160, 160, True),
        ("x" * 161, 160, False),
        ("€" * 80, 160, True),
        ("€" * 81, 160, False),
        ("–" * 80, 182, True),
        ("–" * 81, 182, False),
        ("–" * 70, 160, True),
        ("–" * 71, 160, False),
    ],
)
def test_fits(text: str, septets_max: int, expected: bool) -> None:
    assert fits(text, septets_max) is expected


@given(st.text(alphabet="abc \n€–", min_size=1, max_size=900))
def test_pages_fit_and_lose_nothing_but_line_ends(text: str) -> None:
    cut = pages(text, 160, "98:More", "00:Back")
    assert all(fits(page, 160) for page in cut)
    inner = [page.removesuffix("\n00:Back").removesuffix("\n98:More") for page in cut]
    assert "".join(inner).replace("\n", "") == text.replace("\n", "")
    assert [page.count("98:More") for page in cut] == [1] * (len(cut) - 1) + [0]
    assert [page.count("00:Back") for page in cut] == [0] + [1] * (len(cut) - 1)
