"""PDF, by ReportLab: tables page by page, in Noto Sans, which has the letters of all our languages.

The font comes with a package of its own (fontpkg-noto-sans, SIL Open Font License 1.1); of it, each
file carries the letters that it uses. A page is laid out and written before the next one's rows are
read.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, BinaryIO, Final

from core.documents.table import RIGHT, About, Column, Shown, Table, shown_in

FONT: Final = "Noto Sans"
_SIZE: Final = 8.0  # points, as all that follows
_TITLE_SIZE: Final = 14.0
_LEADING: Final = 10.0
_MARGIN: Final = 36.0
_PAD: Final = 3.0
_GREY: Final = 0.9
# More rows than fit a page.
_ROWS_AT_ONCE: Final = 60
# A head and a row of as many lines fit a page together.
_LINES_MAXIMUM: Final = 20
# From this many columns on a page is wider than it is high.
_WIDE_FROM: Final = 6


def write_pdf(
    about: About, tables: Sequence[Table], into: BinaryIO, *, shown: Shown | None = None
) -> int:
    """Write tables one below the other; answers how many rows in all. `shown` says how values
    read; by default as officers read them, moments in `about.zone`."""
    wide = max((len(table.columns) for table in tables), default=0) >= _WIDE_FROM
    paper = _Paper(about, into, wide=wide)
    count = 0
    for table in tables:
        count += paper.draw(table, shown or shown_in(about.zone))
    paper.save()
    return count


class _Paper:
    """Where the next thing is drawn, from the top of each page to its foot."""

    def __init__(self, about: About, into: BinaryIO, *, wide: bool) -> None:
        from reportlab.lib.pagesizes import A4, landscape
        from reportlab.pdfgen.canvas import Canvas

        self._about = about
        self._font = _font()
        width, self._height = landscape(A4) if wide else A4
        self._width = width - 2 * _MARGIN
        self._canvas = Canvas(
            into, pagesize=(width, self._height), invariant=True, lang=about.language
        )
        self._canvas.setTitle(about.title)
        self._canvas.setAuthor(about.whose)
        self._begin_page()
        self._say(about.title, _TITLE_SIZE)
        for line in (about.whose, *about.lines):
            self._say(line, _SIZE)

    def draw(self, table: Table, shown: Shown) -> int:
        """Draw a table on as many pages as it takes; answers how many rows."""
        self._space(_LEADING)
        if table.title and table.title != self._about.title:
            self._say(table.title, _SIZE + 2)
        rows = iter(table.rows)
        head = [self._lines(column.title, column, table.columns) for column in table.columns]
        count = 0
        waiting: list[list[str]] = []
        while True:
            wanted = max(0, _ROWS_AT_ONCE - len(waiting))
            read = list(islice(rows, wanted))
            count += len(read)
            waiting += [self._texts(table.columns, row, shown) for row in read]
            del waiting[: self._fit(head, waiting, table.columns)]
            if not waiting and len(read) < wanted:
                return count
            self._next_page()

    def _texts(self, columns: Sequence[Column], row: Iterable[Any], shown: Shown) -> list[str]:
        return [
            self._lines(shown(value), column, columns)
            for column, value in zip(columns, row, strict=True)
        ]

    def _lines(self, text: str, column: Column, columns: Sequence[Column]) -> str:
        """The text broken to its column's width."""
        from reportlab.lib.utils import simpleSplit

        inside = self._widths(columns)[column] - 2 * _PAD
        plain = "".join(char if char.isprintable() else " " for char in text)
        if self._font.stringWidth(plain, _SIZE) <= inside:
            return plain
        lines = [
            part
            for line in simpleSplit(plain, FONT, _SIZE, inside)
            for part in self._cut(line, inside)
        ]
        if len(lines) > _LINES_MAXIMUM:
            lines = [*lines[: _LINES_MAXIMUM - 1], "…"]
        return "\n".join(lines)

    def _cut(self, line: str, inside: float) -> Iterator[str]:
        """A line without a space to break it at is cut between its letters."""
        part = ""
        for char in line:
            if part and self._font.stringWidth(part + char, _SIZE) > inside:
                yield part
                part = ""
            part += char
        yield part

    def _widths(self, columns: Sequence[Column]) -> dict[Column, float]:
        whole = sum(column.width for column in columns)
        return {column: self._width * column.width / whole for column in columns}

    def _fit(self, head: list[str], rows: list[list[str]], columns: Sequence[Column]) -> int:
        """Draw as many rows as this page has room for; answers how many."""
        from reportlab.platypus import Table as Laid

        widths = [*self._widths(columns).values()]
        room = self._y - _MARGIN - _LEADING
        # As high as they are by their lines; the library says the same when it draws them.
        used, fitting = _height(head), 0
        for row in rows:
            used += _height(row)
            if used > room:
                break
            fitting += 1
        if fitting == 0 and rows:
            return 0
        laid = Laid([head, *rows[:fitting]], widths, style=_style(columns), hAlign="LEFT")
        _, height = laid.wrapOn(self._canvas, self._width, room)
        laid.drawOn(self._canvas, _MARGIN, self._y - height)
        self._y -= height
        return fitting

    def _say(self, text: str, size: float) -> None:
        from reportlab.lib.utils import simpleSplit

        self._canvas.setFont(FONT, size)
        plain = "".join(char if char.isprintable() else " " for char in text)
        for line in simpleSplit(plain, FONT, size, self._width):
            self._space(size * 1.4)
            self._canvas.setFont(FONT, size)
            self._canvas.drawString(_MARGIN, self._y, line)

    def _space(self, points: float) -> None:
        if self._y - points < _MARGIN + _LEADING:
            self._next_page()
        self._y -= points

    def _begin_page(self) -> None:
        """A page's number stands at its foot, beside what the document is."""
        self._y = self._height - _MARGIN
        self._canvas.setFont(FONT, _SIZE - 1)
        foot = _MARGIN - _LEADING
        self._canvas.drawString(_MARGIN, foot, f"{self._about.title} · {self._about.whose}"[:120])
        self._canvas.drawRightString(_MARGIN + self._width, foot, str(self._canvas.getPageNumber()))

    def _next_page(self) -> None:
        self._canvas.showPage()
        self._begin_page()

    def save(self) -> None:
        self._canvas.showPage()
        self._canvas.save()


def _height(row: Sequence[str]) -> float:
    """A row's height, in points."""
    return max(text.count("\n") + 1 for text in row) * _LEADING + 2 * _PAD


def _style(columns: Sequence[Column]) -> list[tuple[Any, ...]]:
    from reportlab.lib.colors import Color

    grey = Color(_GREY, _GREY, _GREY)
    whole = ((0, 0), (-1, -1))
    return [
        ("FONT", *whole, FONT, _SIZE, _LEADING),
        ("VALIGN", *whole, "TOP"),
        *((f"{side}PADDING", *whole, _PAD) for side in ("TOP", "BOTTOM", "LEFT", "RIGHT")),
        ("BACKGROUND", (0, 0), (-1, 0), grey),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, grey),
        *(
            ("ALIGN", (number, 0), (number, -1), "RIGHT")
            for number, column in enumerate(columns)
            if column.kind in RIGHT
        ),
    ]


@cache
def _font() -> Any:
    """The font, known to the library by its name."""
    import fontpkg
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(FONT, str(fontpkg.path(FONT)))
    pdfmetrics.registerFont(font)
    return font
