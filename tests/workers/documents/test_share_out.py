"""A share-out and a statement as PDFs: the ones in docs, in English and Kinyarwanda.

`--refresh-transcripts` writes those of docs/examples anew.
"""

import io
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

import pypdf
import pytest

from app.settings import CHECKOUT
from core.money.ledger import StatementLine
from core.money.statements import AccountStatement
from core.savings.contributions import ENTRY_KIND
from core.savings.share_out import share_out
from core.savings.share_outs import PartRow, ShareOutRow
from tests.support.domains import FLOWS
from values.ids import uuid7
from workers.documents import share_out as share_outs
from workers.documents import statement as statements

EXAMPLES = CHECKOUT / "docs" / "examples"
KIGALI = ZoneInfo("Africa/Kigali")
ID = uuid.UUID(int=1)
ROW = ShareOutRow(
    *(ID, ID, "Kopera Twisungane", ID, "RWF", date(2026, 1, 5), date(2026, 12, 18)),
    *(False, "paid", ID, date(2026, 12, 18), 1_234_567, 0),
)
SHARES = {"Uwera C.": 57, "Habimana E.": 130, "Mukamana J.": 88, "Bizimana P.": 5}


def a_share_out(language: str, into: BinaryIO) -> None:
    made = share_out(1_234_567, SHARES)
    parts = [
        PartRow(number, name, SHARES[name] * 500, part, 0, 0, part)
        for number, (name, part) in enumerate(made.parts_minor.items(), start=1)
    ]
    share_outs.write_share_out(ROW, parts, share_outs.Heading("Ibimina", KIGALI, language), into)


def a_statement(language: str, into: BinaryIO) -> None:
    at_ms = int(datetime(2026, 11, 2, 7, 30, tzinfo=UTC).timestamp() * 1000)
    lines = [
        StatementLine(
            _fixed(at_ms + week * 7 * 86_400_000), ENTRY_KIND, 1_500, "RWF", {"name": ROW.group}
        )
        for week in range(4)
    ]
    found = AccountStatement(ID, "savings", "RWF", ID, 66_000, lines)
    heading = statements.Heading(
        business="Ibimina",
        owner="Uwera Claudine",
        account="savings RWF",
        since=datetime(2026, 11, 1, tzinfo=KIGALI),
        until=datetime(2026, 12, 1, tzinfo=KIGALI),
        zone=KIGALI,
        language=language,
    )
    statements.write_statement(found, heading, FLOWS, into)


def _fixed(at_ms: int) -> uuid.UUID:
    """An id of that moment that is the same in each run."""
    made = uuid7(at_ms)
    return uuid.UUID(int=made.int >> 80 << 80 | made.int & (0xF << 76) | 0x8 << 60 | at_ms)


@pytest.mark.parametrize("language", ["en", "rw"])
@pytest.mark.parametrize(
    ("name", "write", "words"),
    [
        ("share-out", a_share_out, ("251,322", "573,192", "388,007", "22,046", "1,234,567")),
        ("statement", a_statement, ("66,000", "67,500", "72,000", "Kopera Twisungane")),
    ],
)
def test_the_documents_of_the_docs_are_what_is_written(
    name: str,
    write: Callable[[str, BinaryIO], None],
    words: tuple[str, ...],
    language: str,
    refreshing: bool,
) -> None:
    file = io.BytesIO()
    write(language, file)
    kept = EXAMPLES / f"{name}-{language}.pdf"
    if refreshing:
        kept.write_bytes(file.getvalue())
    text = _text(file.getvalue())
    assert all(one in text for one in words)
    assert ("Saved" in text or "Opening balance" in text) == (language == "en")
    assert text == _text(kept.read_bytes()), "pytest --refresh-transcripts writes it anew"


def _text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
