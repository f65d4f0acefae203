"""A member says which reminders they want."""

from core.savings import reminders
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import End, Menu, Option
from menus.texts import Text, _


def _kind(kind: str) -> Text:
    return {
        reminders.MEETING: _("Meetings"),
        reminders.INSTALMENT: _("Instalments"),
        reminders.LATE: _("What is late"),
    }[kind]


def _setting(kind: str, *, is_on: bool) -> Text:
    return _("{kind}: yes", kind=_kind(kind)) if is_on else _("{kind}: no", kind=_kind(kind))


class Reminders(Flow):
    """kind -> it is turned on, or off. As the language, it needs no PIN."""

    name = "reminders"
    initial = "kind"
    resumable = frozenset({"kind"})
    transitions = [
        {"trigger": "answer", "source": "kind", "dest": "turned", "before": "turn"},
    ]  # fmt: skip

    class Answers:
        kind: str
        is_on: bool = False

    answers: Answers

    def _off(self) -> set[str]:
        return self.read(reminders.off, self.caller_id)

    def kind(self) -> Menu:
        off = self._off()
        options = (
            Option(key, _setting(kind, is_on=kind not in off), kind)
            for key, kind in enumerate(reminders.KINDS, start=1)
        )
        return Menu(_("Which reminders do you get?"), tuple(options))

    @changes_what_no_intent_shows
    def turn(self) -> None:
        self.answers.is_on = self.given in self._off()
        self.write(reminders.turn, self.caller_id, self.given, is_on=self.answers.is_on)

    def turned(self) -> End:
        kind = _kind(self.answers.kind)
        if self.answers.is_on:
            return End(_("{kind}: you get reminders again.", kind=kind))
        return End(_("{kind}: you get no reminders any more.", kind=kind))
