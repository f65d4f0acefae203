"""Changing the PIN: the old one, then the new one twice."""

from core.people import pins
from core.people.messages import PinChanged
from engine.flow_map import changes_what_no_intent_shows
from engine.pins import ChoosePin
from menus import sentences
from menus.answers import WrongAnswer
from menus.screens import End, Pin
from menus.texts import _
from values import clock


class ChangePin(ChoosePin):
    name = "change_pin"
    initial = "old"
    transitions = [
        {"trigger": "answer", "source": "old", "dest": "pin", "before": "mark"},
        {"trigger": "answer", "source": "pin", "dest": "again", "before": "propose"},
        {"trigger": "answer", "source": "again", "dest": "pin", "unless": "same"},
        {"trigger": "answer", "source": "again", "dest": "changed", "before": "change"},
    ]  # fmt: skip

    class Answers:
        """`replaces` tells the PIN that was typed from any that came after it."""

        replaces: str = ""

    answers: Answers

    def old(self) -> Pin:
        return Pin(_("Your current PIN"))

    def mark(self) -> None:
        self.answers.replaces = self.read(pins.pin_mark, self.caller_id)

    def propose(self) -> None:
        """Before hook of `pin`: the PIN that was just verified is no new one."""
        # On its own: no transaction waits while PINs are hashed.
        current = self.context.autonomous(pins.pin_hash_of, self.caller_id)
        if current is not None and self.context.keys.verify_pin(self.secret, current):
            raise WrongAnswer(sentences.PIN_UNCHANGED)
        super().propose()

    @changes_what_no_intent_shows
    def change(self) -> None:
        replaces = self.answers.replaces
        self.write(pins.set_pin, self.caller_id, self.proposed(), replaces=replaces)
        self.text(self.caller_id, PinChanged(at=clock.now()))

    def changed(self) -> End:
        return End(_("Your PIN is changed. Never tell it to anybody."))
