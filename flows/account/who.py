"""A shared phone: who is speaking? The PIN decides later whether it is true."""

from typing import Final

from core.money.errors import Frozen
from core.people import numbers, people
from core.people.errors import NumberTakenOut
from engine.flow import Flow, Leave
from engine.wording import addressed, refusal
from menus import sentences
from menus.screens import Menu, Option
from menus.texts import Text, _

NOBODY: Final = ""


class Who(Flow):
    """Several people have this number, or somebody who is on hold; and a number may be another
    person's by now."""

    name = "who"
    initial = "person"
    transitions = [
        {"trigger": "answer", "source": "person", "dest": "chosen", "before": "choose"},
    ]  # fmt: skip

    def person(self) -> Menu:
        found = self.read(people.identify, self.context.keys, self.context.address)
        if len(found) == 1 and found[0].frozen:
            held = addressed(refusal(Frozen()), self.tenant)
            return Menu(held, (Option(1, _("I am someone else"), NOBODY),))
        names: list[tuple[Text, str]] = [(person.shown_name, str(person.id)) for person in found]
        if numbers.has_room(found):
            names.append((_("I am not listed"), NOBODY))
        options = (Option(number, *one) for number, one in enumerate(names, start=1))
        return Menu(_("Choose your name"), tuple(options))

    def choose(self) -> None:
        if self.given == NOBODY:
            self.is_nobody_known = True
            return
        found = self.read(people.identify, self.context.keys, self.context.address)
        chosen = [person for person in found if str(person.id) == self.given]
        if not chosen:
            raise NumberTakenOut
        self.becomes = chosen[0]

    def chosen(self) -> Leave:
        return Leave()


class SomeoneElse(Flow):
    """Who calls from a number that is known as one other person's registers beside them."""

    name = "someone_else"
    initial = "sure"
    transitions = [
        {"trigger": "answer", "source": "sure", "dest": "left", "before": "say"},
    ]  # fmt: skip

    def sure(self) -> Menu:
        found = self.read(people.identify, self.context.keys, self.context.address)
        numbers.require_room(found)
        return Menu(
            _("Register somebody new on this number?"),
            (Option(1, sentences.YES, True), Option(2, sentences.NO, False)),
        )

    def say(self) -> None:
        self.is_nobody_known = self.given is True

    def left(self) -> Leave:
        return Leave()
