"""A week's chart as a picture for a chat: PNG, drawn by Pillow."""

import io
from functools import cache
from typing import TYPE_CHECKING, Final

from core.rates.chart import Chart

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FONT: Final = "Noto Sans"
WIDTH, HEIGHT = 720, 320
MIME_TYPE: Final = "image/png"
# Drawn twice as large and made smaller, so that slopes and letters are smooth.
_LARGER: Final = 2
_TOP, _BOTTOM, _SIDE = 70, 40, 24
_GROUND, _INK, _FAINT, _GRID, _LINE = "#ffffff", "#16202b", "#55616e", "#d5dbe2", "#0a5c8f"
_COLOURS: Final = 32


def png(chart: Chart) -> bytes:
    """The chart, which is `WIDTH` by `HEIGHT`, with its pair above it: some thousand bytes."""
    from PIL import Image, ImageDraw

    def at(x: float, y: float) -> tuple[float, float]:
        return (_SIDE + x) * _LARGER, (_TOP + y) * _LARGER

    width, height = chart.width + 2 * _SIDE, _TOP + chart.height + _BOTTOM
    image = Image.new("RGB", (width * _LARGER, height * _LARGER), _GROUND)
    pen = ImageDraw.Draw(image)
    small, large = _font(15 * _LARGER), _font(24 * _LARGER)
    title = f"1 {chart.pair.source} = {chart.last} {chart.pair.destination}"
    pen.text(at(0, 14 - _TOP), title, fill=_INK, font=large)
    for x, name in chart.days:
        pen.line([at(x, 0), at(x, chart.height)], fill=_GRID, width=_LARGER)
        pen.text(at(x + 4, chart.height + 8), name, fill=_FAINT, font=small)
    pen.line([at(x, y) for x, y in chart.line], fill=_LINE, width=3 * _LARGER, joint="curve")
    pen.text(at(4, chart.highest_y - 24), chart.highest, fill=_FAINT, font=small)
    if chart.lowest != chart.highest:
        pen.text(at(4, chart.lowest_y + 3), chart.lowest, fill=_FAINT, font=small)
    smaller = image.resize((width, height), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    smaller.quantize(_COLOURS).save(written, "PNG", optimize=True)
    return written.getvalue()


@cache
def _font(size: int) -> "FreeTypeFont":
    import fontpkg
    from PIL import ImageFont

    return ImageFont.truetype(str(fontpkg.path(FONT)), size)
