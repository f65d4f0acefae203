"""A shared phone: who is speaking? The PIN decides later whether it is true."""

from core.people import people
from core.people.errors import NumberTakenOut
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
        found = self.read(people.identify, self.context.keys, self.context.address)
        chosen = [person for person in found if str(person.id) == self.given]
        if not chosen:
            raise NumberTakenOut
        self.becomes = chosen[0]

    def chosen(self) -> Leave:
        return Leave()
