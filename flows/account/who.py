"""A shared phone: who is speaking? The PIN decides later whether it is true."""

import uuid

from core.people import people
from engine.flow import Flow, Leave
from menus.screens import Menu, Option
from menus.texts import _


class Who(Flow):
    """Several people have this number."""

    name = "who"
    initial = "person"
    transitions = [
        {"trigger": "answer", "source": "person", "dest": "chosen", "before": "choose"},
    ]  # fmt: skip

    def person(self) -> Menu:
        found = self.read(people.identify, self.context.keys, self.context.address)
        options = (
            Option(number, person.shown_name, str(person.id))
            for number, person in enumerate(found, start=1)
        )
        return Menu(_("Choose your name"), tuple(options))

    def choose(self) -> None:
        self.becomes = self.read(people.get, self.context.keys, uuid.UUID(self.given))

    def chosen(self) -> Leave:
        return Leave()
