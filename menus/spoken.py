"""A screen in one language, its texts being words already: what is laid out many times, as checks
do, is said once."""

from dataclasses import replace
from functools import lru_cache
from typing import assert_never

from menus.screens import Ask, Confirm, End, Fact, Info, Menu, Pin, Screen
from menus.texts import say


@lru_cache(maxsize=4096)
def spoken(screen: Screen, language: str) -> Screen:
    """The same screen as it is said in that language."""
    match screen:
        case Menu(title, options):
            said = (replace(option, label=say(option.label, language)) for option in options)
            return Menu(say(title, language), tuple(said))
        case Confirm(question, facts, by_pin):
            lines = (Fact(say(each.label, language), say(each.value, language)) for each in facts)
            return Confirm(say(question, language), tuple(lines), by_pin)
        case Ask(prompt) | Pin(prompt):
            return replace(screen, prompt=say(prompt, language))
        case End(text) | Info(text):
            return replace(screen, text=say(text, language))
        case _:
            assert_never(screen)
