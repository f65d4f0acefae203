"""Changing the language, remembered from then on."""

from core.people import people
from engine.flow import Flow, Leave
from menus import sentences
from menus.screens import Menu, language_options
from menus.texts import _


class Language(Flow):
    """Each language in its own words: the one who cannot read the others must find it."""

    name = "language"
    initial = "choice"
    resumable = frozenset({"choice"})
    transitions = [
        {"trigger": "answer", "source": "choice", "dest": "changed", "before": "change"},
    ]  # fmt: skip

    def choice(self) -> Menu:
        return Menu(sentences.CHOOSE_LANGUAGE, language_options(self.tenant.languages))

    def change(self) -> None:
        self.change_language(self.given)
        self.write(people.set_language, self.caller_id, self.given)

    def changed(self) -> Leave:
        return Leave(_("Your language is changed."))
