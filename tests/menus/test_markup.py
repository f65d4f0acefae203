"""Signs that a chat would take for markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.markup import escaped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Dial *384*10# to finish.", "Dial ```*384*10#``` to finish."),
        ("*384*10*1*500#", "```*384*10*1*500#```"),
        ("#124# or *130#", "```#124#``` or ```*130#```"),
        ("5 * 3", "5 * 3"),
        ("*Hot* price", "∗Hot∗ price"),
        ("~5,000 and ~6,000", "∼5,000 and ∼6,000"),
        ("snake_case", "snake_case"),
        ("_a_\n_b", "＿a＿\n_b"),
        ("`x`", "'x'"),
        ("Saved 500 RWF in Kopera.", "Saved 500 RWF in Kopera."),
    ],
)
def test_what_is_written_is_shown(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given(st.text(alphabet="ab*_~` \n#1", max_size=40))
def test_nothing_but_a_code_is_between_two_signs(text: str) -> None:
    rest = re.sub(r"```[*#0-9]+```", "", escaped(text))
    assert "`" not in rest
    for line in rest.split("\n"):
        assert all(line.count(sign) < 2 for sign in "*_~")
