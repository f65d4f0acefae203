"""The sheet of a day: its figures, then every difference. CSV, with amounts in minor units."""

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from core.documents.csv_file import without_formula
from core.payments.reconciliation.compare import CLASSES, MATCHED, Comparison, Pair
from core.payments.reconciliation.days import Day
from core.payments.reconciliation.runs import Movement

COLUMNS = (
    "class", "key", "txid", "ours_minor", "theirs_minor", "difference_minor", "currency",
    "ours_at", "theirs_at", "third", "place",
)  # fmt: skip


# A sheet that is longer is in its file alone, and not beside the closed day.
KEPT_CHARS_MAXIMUM: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was written: its figures, its SHA-256, and its text where it is not too long to keep."""

    figures: dict[str, Any]
    digest: bytes
    text: str | None


class Digesting:
    """A text file that is written and digested at once, and kept while it is short."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._kept: list[str] | None = []
        self._chars = 0
        self.sha256 = hashlib.sha256()

    def write(self, words: str) -> int:
        self.sha256.update(words.encode())
        self._chars += len(words)
        if self._chars > KEPT_CHARS_MAXIMUM:
            self._kept = None
        if self._kept is not None:
            self._kept.append(words)
        return self._file.write(words)

    @property
    def text(self) -> str | None:
        return "".join(self._kept) if self._kept is not None else None


def write(file: TextIO, day: Day, comparison: Comparison, pairs: Iterable[Pair]) -> Sheet:
    """Read all pairs and write the sheet. What matched is counted and not listed."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as rows:
        writer = csv.writer(rows)
        for pair in pairs:
            if pair.kind != MATCHED or pair.third in ("no", "amount"):
                writer.writerow(_row(pair))
        figures = figures_of(day, comparison)
        rows.seek(0)
        out = Digesting(file)
        head = csv.writer(out)
        head.writerow(["wallet", "day", "currency"])
        head.writerow([day.wallet, day.day.isoformat(), day.currency])
        head.writerow([])
        head.writerow(["class", "count", "ours_minor", "theirs_minor", "difference_minor"])
        for name, said in figures["classes"].items():
            head.writerow([name, said["count"], said["ours_minor"], said["theirs_minor"],
                           said["ours_minor"] - said["theirs_minor"]])  # fmt: skip
        head.writerow(["total", figures["count"], figures["ours_minor"], figures["theirs_minor"],
                       figures["difference_minor"]])  # fmt: skip
        head.writerow(["of ours on other days", "", figures["other_day_minor"], "", ""])
        head.writerow(["adds up", "yes" if figures["adds_up"] else "NO", "", "", ""])
        head.writerow([])
        head.writerow(COLUMNS)
        for line in rows:
            out.write(line)
    return Sheet(figures, out.sha256.digest(), out.text)


def differences_of(text: str) -> list[dict[str, str]]:
    """The differences of a sheet that was kept, each by the names of `COLUMNS`."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    begins = rows.index(list(COLUMNS)) + 1
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[begins:]]


def figures_of(day: Day, comparison: Comparison) -> dict[str, Any]:
    """The figures of a comparison whose pairs were read."""
    sums = comparison.sums
    classes = {
        name: {
            "count": sums.counts[name],
            "ours_minor": sums.ours_minor[name],
            "theirs_minor": sums.theirs_minor[name],
        }
        for name in CLASSES
    }
    ours_minor = sum(sums.ours_minor.values())
    theirs_minor = sum(sums.theirs_minor.values())
    return {
        "wallet": day.wallet,
        "day": day.day.isoformat(),
        "currency": day.currency,
        "classes": classes,
        "count": sum(sums.counts.values()),
        "ours_minor": ours_minor,
        "theirs_minor": theirs_minor,
        "difference_minor": ours_minor - theirs_minor,
        "other_day_minor": sums.other_day_minor,
        "third_only": sums.third_only,
        "adds_up": sums.adds_up,
    }


def _row(pair: Pair) -> list[object]:
    mine, other = pair.ours, pair.theirs
    known = mine or other
    assert known is not None
    ours_minor = mine.amount_minor if mine else 0
    theirs_minor = other.amount_minor if other else 0
    return [
        *(pair.kind, pair.key, without_formula(known.txid), ours_minor, theirs_minor),
        *(ours_minor - theirs_minor, known.currency, _at(mine), _at(other), pair.third),
        other.place if other else "",
    ]


def _at(one: Movement | None) -> str:
    return datetime.fromtimestamp(one.at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if one else ""
