"""Changing the PIN: the old one, then the new one twice."""

from core import people
from flows.kit.flow import Flow
from flows.kit.pins import ChoosePin
from menus.screens import End, Pin
from menus.texts import _


class ChangePin(ChoosePin, Flow):
    name = "change_pin"
    initial = "old"
    transitions = [
        ["answer", "old", "pin"],
        {"trigger": "answer", "source": "pin", "dest": "again", "before": "propose"},
        {"trigger": "answer", "source": "again", "dest": "pin", "unless": "same"},
        {"trigger": "answer", "source": "again", "dest": "changed", "before": "change"},
    ]  # fmt: skip

    def old(self) -> Pin:
        return Pin(_("Your current PIN"))

    def change(self) -> None:
        self.write(people.set_pin, self.caller_id, self.proposed())
        self.text(self.caller_id, "pin_changed", {"at": self.now_told()})

    def changed(self) -> End:
        return End(_("Your PIN is changed. Never tell it to anybody."))
