"""A member names who gets their savings if they die."""

from core.savings import next_of_kin
from engine.flow import Flow, Leave
from engine.flow_map import changes_what_no_intent_shows
from menus.answers import Name, Phone
from menus.screens import Ask, Confirm, End, Fact, Menu, Option, Pin
from menus.texts import _

ANOTHER, NOBODY = "another", "nobody"


class NextOfKin(Flow):
    """PIN -> who it is now, where somebody is named -> name -> number -> sure -> named."""

    name = "next_of_kin"
    initial = "pin"
    resumable = frozenset({"called", "number"})
    transitions = [
        {"trigger": "answer", "source": "pin", "dest": "what", "conditions": "is_named"},
        ["answer", "pin", "called"],
        {
            "trigger": "answer", "source": "what", "dest": "forgotten",
            "conditions": "is_nobody", "before": "forget",
        },
        ["answer", "what", "called"],
        ["answer", "called", "number"],
        ["answer", "number", "sure"],
        {
            "trigger": "answer", "source": "sure", "dest": "named",
            "conditions": "yes", "before": "keep",
        },
        ["answer", "sure", "left"],
    ]  # fmt: skip

    class Answers:
        called: str
        number: str

    answers: Answers

    def pin(self) -> Pin:
        return Pin()

    def _named(self) -> next_of_kin.NextOfKin | None:
        return self.read(next_of_kin.find, self.context.keys, self.caller_id)

    def is_named(self) -> bool:
        return self._named() is not None

    def what(self) -> Menu | End:
        found = self._named()
        if found is None:
            return End(_("You have named nobody."))
        return Menu(
            _("Your next of kin: {name}", name=found.name),
            (
                Option(1, _("Name somebody else"), ANOTHER),
                Option(2, _("Name nobody"), NOBODY),
            ),
        )

    def is_nobody(self) -> bool:
        return bool(self.given == NOBODY)

    @changes_what_no_intent_shows
    def forget(self) -> None:
        self.write(next_of_kin.forget, self.caller_id)

    def forgotten(self) -> End:
        return End(_("You have named nobody."))

    def called(self) -> Ask:
        return Ask(_("If you die, who gets your savings? Their name"), Name())

    def number(self) -> Ask:
        return Ask(_("Their phone number?"), Phone(self.tenant.country))

    def sure(self) -> Confirm:
        facts = (Fact(_("Name"), self.answers.called), Fact(_("Phone"), self.answers.number))
        return Confirm(_("Do they get your savings if you die?"), facts)

    @changes_what_no_intent_shows
    def keep(self) -> None:
        called, number = self.answers.called, self.answers.number
        keys, who = self.context.keys, self.caller_id
        self.write(next_of_kin.name, keys, who, called=called, number=number)

    def named(self) -> End:
        return End(_("Your next of kin is named. You can change it at any time."))

    def left(self) -> Leave:
        return Leave(_("Nothing was changed."))
