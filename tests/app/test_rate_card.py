"""The file that PIGA_PRICES names: taken, or what is wrong with it in one sentence."""

from pathlib import Path

import pytest

from app import rate_card
from app.errors import OperatorError
from core.messaging import prices

CARD = 'prices: [{channel: whatsapp, market: RW, from: 2026-10-01, currency: USD, utility: "2"}]'


@pytest.fixture(autouse=True)
def _afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "_installed", [])
    rate_card.load.cache_clear()


def test_its_rows_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(CARD)
    monkeypatch.setenv("PIGA_PRICES", str(tmp_path / "prices.yaml"))
    rate_card.load()
    assert [row.currency for row in prices.table().prices] == ["USD"]
    assert prices.table().rules  # ours stand


@pytest.mark.parametrize(
    ("text", "why"), [(None, "cannot be read"), ("prices: [{}]", r"prices\[0\]"), ("[]", "needed")]
)
def test_what_is_wrong_with_it_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None, why: str
) -> None:
    file = tmp_path / "prices.yaml"
    if text is not None:
        file.write_text(text)
    monkeypatch.setenv("PIGA_PRICES", str(file))
    with pytest.raises(OperatorError, match=f"PIGA_PRICES: .*{why}"):
        rate_card.load()


def test_without_it_ours_are_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIGA_PRICES", raising=False)
    rate_card.load()
    assert prices.table().prices == ()
