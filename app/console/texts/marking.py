"""The words of a template: found in its English source, and put into another language there.

A template is written in plain English and marks nothing. Its words are what stands between tags,
what a reader is told by an attribute (`aria-label`, `data-label`, ...), and strings in its code
that are words: those with a capital or a blank, or in `_("...")`. What `{{ }}` puts into a text is
a place in the sentence, with the name of the value: "Be {name}".
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

Say = Callable[[str], str]

_CODE: Final = r"\{\{.*?\}\}|\{%.*?%\}"
_PIECE: Final = re.compile(
    rf"(?P<comment>\{{#.*?#\}}|<!--.*?-->)|(?P<statement>\{{%.*?%\}})|(?P<value>\{{\{{.*?\}}\}})"
    rf"|(?P<tag><[/a-zA-Z!](?:{_CODE}|[^>{{]|\{{(?![{{%]))*>)|(?P<text>[^<{{]+|.)",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r'\b(aria-label|data-label|placeholder|title|alt)="([^"{]+)"')
_STRING: Final = re.compile(r"""(_\(\s*)?("[^"\\]*"|'[^'\\]*')""")
_WORDS: Final = re.compile(r"[A-Z][^/{}<>=]*|[a-z][\w'’-]*( [\w'’,:-]+)+[.]?")
_LETTERS: Final = re.compile(r"[A-Za-z]{2}|\bI\b")
_ENTITY: Final = re.compile(r"&\w+;")
_NAME: Final = re.compile(r"[a-z_][\w.]*", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s+")


def sentences(source: str) -> list[str]:
    """The words of a template, in their order, each once."""
    found: dict[str, None] = {}

    def note(sentence: str) -> str:
        found[sentence] = None
        return sentence

    translate(source, note)
    return list(found)


def translate(source: str, say: Say) -> str:
    """A template's source, with its words as `say` puts them."""
    return "".join(_translated(source, say))


def _translated(source: str, say: Say) -> Iterator[str]:
    segment: list[tuple[str, str]] = []
    for piece in _PIECE.finditer(source):
        kind, text = str(piece.lastgroup), piece.group()
        if kind in ("text", "value"):
            segment.append((kind, text))
            continue
        yield _segment(segment, say)
        segment = []
        if kind == "tag":
            text = _ATTRIBUTE.sub(lambda one: f'{one[1]}="{_quoted(say(one[2]))}"', text)
        yield text if kind == "comment" else _strings(text, say, only_code=kind == "tag")
    yield _segment(segment, say)


def _segment(pieces: list[tuple[str, str]], say: Say) -> str:
    """Text with values in it, between two tags: one sentence, whose blanks at its ends are kept."""
    plain = "".join(text for kind, text in pieces if kind == "text")
    if not _LETTERS.search(_ENTITY.sub("", plain)):
        return "".join(_strings(t, say) if kind == "value" else t for kind, t in pieces)
    places: dict[str, str] = {}
    sentence = ""
    for kind, text in pieces:
        if kind == "text":
            sentence += text
            continue
        name = _place(text, places)
        places[name] = _strings(text, say)
        sentence += f"{{{name}}}"
    inner = sentence.strip()
    before = sentence[: len(sentence) - len(sentence.lstrip())]
    after = sentence[len(sentence.rstrip()) :]
    words = say(_BLANKS.sub(" ", inner))
    for name, value in places.items():
        words = words.replace(f"{{{name}}}", value)
    return before + words + after


def _place(value: str, taken: dict[str, str]) -> str:
    """How a value is called in its sentence: by the last part of its name."""
    found = _NAME.search(value.strip("{} -"))
    first = found.group().rpartition(".")[2] if found and value[2:].lstrip()[0] not in "\"'" else ""
    name, number = first or "value", 2
    while name in taken:
        name, number = f"{first or 'value'}{number}", number + 1
    return name


def _quoted(words: str) -> str:
    """Words within quotation marks, of which they have none of their own."""
    return words.replace('"', "”")


def _strings(code: str, say: Say, *, only_code: bool = False) -> str:
    """Code, with those of its strings said that are words."""
    if only_code:
        return re.sub(_CODE, lambda part: _strings(part.group(), say), code, flags=re.DOTALL)

    def one(found: re.Match[str]) -> str:
        mark, quoted = found[1] or "", found[2]
        words = quoted[1:-1]
        if not mark and not _WORDS.fullmatch(words):
            return found.group()
        return f'{mark}"{_quoted(say(words))}"'

    return _STRING.sub(one, code)
