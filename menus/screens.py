"""Screens: what a conversation shows, with no channel in it, and how each reads its answer.

Every screen is frozen and hashable, so that its pages can be kept: `pages` is a function of the
screen, the language, the budget and the navigation alone.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from menus import answers, sentences
from menus.answers import WrongAnswer
from menus.keys import option_key, yes_or_no
from menus.languages import BY_CODE
from menus.limits import ATTACHMENT_BYTES_MAX, KEY_MAX, KEY_MIN
from menus.texts import Param, Text

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. Its key is fixed for life; its value is what the flow gets: JSON, or a frozen
    dataclass of JSON and UUIDs. `code` is what else people call it, where they can write words."""

    key: int
    label: Text
    value: object = field(default=None, hash=False)  # lists and dicts have no hash
    code: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A title and numbered options. Raises ValueError on a key used twice or outside 1 to 97."""

    title: Text
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        keys = {option.key for option in self.options}
        if len(keys) != len(self.options):
            raise ValueError("a menu has one option a key")
        if not all(KEY_MIN <= key <= KEY_MAX for key in keys):
            raise ValueError(f"keys of options go from {KEY_MIN} to {KEY_MAX}")

    def parse(self, raw: str) -> Option:
        """The option chosen, on whichever page it stands. Raises WrongAnswer."""
        key = option_key(raw)
        for option in self.options:
            if option.key == key:
                return option
        raise WrongAnswer(sentences.WRONG_OPTION)


def language_options(offered: Collection[str]) -> tuple[Option, ...]:
    """The languages to choose from, each by its own name and under the key that it has with every
    tenant; its value is its code."""
    return tuple(
        Option(one.key, one.name, one.code) for one in BY_CODE.values() if one.code in offered
    )


@dataclass(frozen=True, slots=True)
class Ask:
    """A question answered by typing."""

    prompt: Text
    answer: answers.Answer[Any]

    def parse(self, raw: str) -> Any:
        """The value that the kind of answer reads. Raises WrongAnswer."""
        return self.answer.parse(raw)


@dataclass(frozen=True, slots=True)
class Pin:
    """Asks for a PIN: the person's, or with `fresh` a new one (weak ones are then refused)."""

    prompt: Text = sentences.ENTER_PIN
    fresh: bool = False

    def parse(self, raw: str) -> str:
        """The digits. Raises WrongAnswer."""
        return _PIN.parse(raw)


_PIN: Final = answers.Pin()


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a confirmation: 'Fee: 10 RWF'."""

    label: Text
    value: Param


@dataclass(frozen=True, slots=True)
class Confirm:
    """A question with the facts it is about, answered by 1 Yes or 2 No, or in words; no fact is
    ever cut. `by_pin`: the person's PIN is its Yes, and Back or Home its No."""

    question: Text
    facts: tuple[Fact, ...] = ()
    by_pin: bool = False

    def parse(self, raw: str) -> bool:
        """True for Yes. Raises WrongAnswer."""
        answer = yes_or_no(raw)
        if answer is None:
            raise WrongAnswer(sentences.WRONG_OPTION)
        return answer


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a screen's words, such as a statement: by its public address, or its bytes.
    `name` is what it is called where it is kept. Not every phone gets it: the words say all that
    must be known. Raises ValueError."""

    kind: Literal["image", "document"]
    mime_type: str
    name: str
    url: str = ""
    content: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if bool(self.url) == bool(self.content):
            raise ValueError("an attachment has an address or bytes")
        if len(self.content) > ATTACHMENT_BYTES_MAX:
            raise ValueError(f"an attachment has at most {ATTACHMENT_BYTES_MAX} bytes")


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that is drawn where it is shown, and nowhere else: `draw` answers its bytes, none
    where there is nothing to draw. It may ask the core, within the turn's transaction."""

    mime_type: str
    name: str
    draw: Callable[[], bytes]

    def drawn(self) -> Attachment | None:
        content = self.draw()
        return Attachment("image", self.mime_type, self.name, content=content) if content else None


@dataclass(frozen=True, slots=True)
class Info:
    """Something to read, then Back or Home."""

    text: Text
    attachment: Attachment | Picture | None = None

    def parse(self, raw: str) -> None:
        """Takes no answer but the navigation keys. Raises WrongAnswer."""
        raise WrongAnswer(sentences.WRONG_OPTION)


@dataclass(frozen=True, slots=True)
class End:
    """The last words of a conversation."""

    text: Text
    attachment: Attachment | Picture | None = None

    def parse(self, raw: str) -> None:
        """Takes no answer but More, where it has pages. Raises WrongAnswer."""
        raise WrongAnswer(sentences.WRONG_OPTION)


Screen: TypeAlias = Menu | Ask | Pin | Confirm | Info | End


def takes_zero(screen: Screen) -> bool:
    """True where a bare 0 is an answer: then 0 is not Back, and 00 leaves."""
    return isinstance(screen, Ask) and screen.answer.takes_zero
