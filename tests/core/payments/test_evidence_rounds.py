"""Rounds of texts that the parser had not seen: what a person reads in them, field by field.

Each round's readings were written before it was read, with invented names and numbers. How much of
it was read right at first stands in docs/howto/add-a-money-text.md; by now all of it is.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.core.payments.compare_texts import wrong_fields

ROUNDS = Path(__file__).parent / "rounds"


def known() -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted(ROUNDS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


@pytest.mark.parametrize("network", sorted({one["network"] for one in known()}))
def test_a_networks_texts_are_read_in_every_field(network: str) -> None:
    texts = [one for one in known() if one["network"] == network]
    assert {one["text"]: wrong for one in texts if (wrong := wrong_fields(one))} == {}


def test_no_text_stands_in_two_rounds() -> None:
    texts = [one["text"] for one in known()]
    assert len(texts) == len(set(texts))
    assert len(texts) > 250
