"""Signs that a chat takes for markup. Nothing of ours is meant to be bold: `*384*10#` would lose
its stars, and `a_b and c_d` its lines.

There is no sign that escapes these, so a code to be dialled is set as code, which is shown letter
by letter, and any other pair of them is written with signs that look the same.
"""

import re
from typing import Final

_CODE: Final = re.compile(r"(?<![\w*#`])[*#]{1,2}\d+(?:\*\d+)*#(?![\w*#`])")
_LIKENESS: Final = {"*": "∗", "_": "＿", "~": "∼", "`": "'"}


def escaped(text: str) -> str:
    """A text that a chat shows as it was written."""
    pieces: list[str] = []
    done = 0
    for code in _CODE.finditer(text):
        pieces += (_literal(text[done : code.start()]), f"```{code[0]}```")
        done = code.end()
    pieces.append(_literal(text[done:]))
    return "".join(pieces)


def _literal(text: str) -> str:
    return "\n".join(map(_literal_line, text.split("\n")))


def _literal_line(line: str) -> str:
    """Of two on a line, none stays a sign; one alone is shown as it is, but for that of code."""
    for sign, likeness in _LIKENESS.items():
        if line.count(sign) > 1 or sign == "`":
            line = line.replace(sign, likeness)
    return line
