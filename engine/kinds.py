"""What a session calls the kinds of screen: how an answer is read, and what a state may show."""

from typing import Any, Final

from menus.answers import Code
from menus.screens import Ask, Confirm, End, Info, Menu, Pin

_KINDS: Final = {
    Menu: ("menu",),
    Ask: ("ask", "code"),
    Pin: ("pin",),
    Confirm: ("confirm", "confirm_by_pin"),
    Info: ("info",),
    End: ("end",),
}
_TAKES_AN_ANSWER: Final = frozenset({Menu, Ask, Pin, Confirm})


def kind_of(screen: object) -> str:
    """The kind of a screen; "" of what is none."""
    if isinstance(screen, Ask) and isinstance(screen.answer, Code):
        return "code"
    if isinstance(screen, Confirm) and screen.by_pin:
        return "confirm_by_pin"
    return _KINDS.get(type(screen), ("",))[0]


def kinds_of(screens: frozenset[Any]) -> frozenset[str]:
    """The kinds of these types of screen; none where answers may be read in more than one way, so
    that only the screen itself says by which."""
    if len(screens & _TAKES_AN_ANSWER) > 1:
        return frozenset()
    return frozenset(kind for screen in screens for kind in _KINDS.get(screen, ()))
