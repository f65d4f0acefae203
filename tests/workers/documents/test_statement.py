"""A statement as a PDF, in each language that phones speak."""

import io
import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pypdf
import pytest

from core.money.ledger import StatementLine
from core.money.statements import AccountStatement
from menus.languages import LANGUAGES
from tests.support.domains import FLOWS
from values.ids import uuid7
from workers.documents.statement import Heading, write_statement

WORDS = {
    "en": ("Statement of account", "From 01/11/2026 to 30/11/2026", "Opening balance", "Closing"),
    "fr": ("Relevé de compte", "Du 01/11/2026 au 30/11/2026", "Solde initial", "Solde final"),
    "rw": ("Raporo ya konti", "Kuva 01/11/2026 kugeza 30/11/2026", "Ayo watangiranye", "Ayo usi"),
    "sw": ("Taarifa ya akaunti", "Kuanzia 01/11/2026 hadi 30/11/2026", "Salio la mwanzo", "mwisho"),
}


def statement(currency: str, amounts: list[int]) -> AccountStatement:
    at_ms = int(datetime(2026, 11, 5, 7, 30, tzinfo=UTC).timestamp() * 1000)
    lines = [
        StatementLine(uuid7(at_ms + n), "unheard of", amount, currency, {})
        for n, amount in enumerate(amounts)
    ]
    return AccountStatement(uuid.uuid4(), "wallet", currency, uuid.uuid4(), 150_000, lines)


def text_of(language: str, found: AccountStatement) -> str:
    kigali = ZoneInfo("Africa/Kigali")
    heading = Heading(
        business="Ibimina",
        owner="Ɛsi Uwera",
        account=f"wallet {found.currency}",
        since=datetime(2026, 11, 1, tzinfo=kigali),
        until=datetime(2026, 12, 1, tzinfo=kigali),
        zone=kigali,
        language=language,
    )
    file = io.BytesIO()
    write_statement(found, heading, FLOWS, file)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


@pytest.mark.parametrize("language", WORDS)
def test_it_speaks_its_owners_language(language: str) -> None:
    assert language in LANGUAGES
    text = text_of(language, statement("RWF", [20_000, -5_500]))
    for words in (*WORDS[language], "Ɛsi Uwera, wallet RWF", "Ibimina"):
        assert words in text, words
    # Each movement with the balance behind it; times are the business's own.
    for shown in ("150,000 RWF", "20,000 RWF", "170,000 RWF", "-5,500 RWF", "164,500 RWF"):
        assert shown in text, shown
    assert text.count("05/11/2026 09:30") == 2


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("KES", "Ksh 1,500.00"), ("XOF", "150 000 FCFA"), ("GHS", "GHS 1,500.00")],
)
def test_amounts_are_written_as_their_country_writes_them(currency: str, shown: str) -> None:
    assert shown in text_of("fr", statement(currency, []))
