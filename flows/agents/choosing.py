"""Which of several people that have one number."""

from collections.abc import Iterable
from typing import Protocol

from menus.screens import Menu, Option
from menus.texts import _


class Named(Protocol):
    """Somebody who was found by a number."""

    @property
    def name(self) -> str: ...


def menu_of(found: Iterable[Named]) -> Menu:
    """Their names; who is chosen is the answer."""
    options = (Option(number, one.name, one) for number, one in enumerate(found, start=1))
    return Menu(_("Several people have this number. Choose the name."), tuple(options))
