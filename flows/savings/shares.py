"""What one member saves at the meeting that is on, in one line: SHARES 12 3."""

from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import NUMBER_MAXIMUM, SharesSteps
from menus.answers import Number
from menus.screens import Ask, End
from menus.texts import _


class Shares(SharesSteps):
    """group -> member's number -> shares -> written down."""

    name = "shares"
    resumable = frozenset({"group", "number", "shares"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "number", "before": "require_on"},
        {"trigger": "answer", "source": "number", "dest": "shares", "before": "find"},
        {"trigger": "answer", "source": "shares", "dest": "instead", "conditions": "is_other"},
        {"trigger": "answer", "source": "shares", "dest": "done", "before": "save"},
        {
            "trigger": "answer", "source": "instead", "dest": "done",
            "conditions": "yes", "before": "save_instead",
        },
        ["answer", "instead", "done"],
    ]  # fmt: skip

    def number(self) -> Ask:
        return Ask(_("Which member? Number"), Number(1, NUMBER_MAXIMUM))

    def find(self) -> None:
        """Raises NoSuchMember."""
        self.line_of(self.given)

    @changes_what_no_intent_shows
    def save(self) -> None:
        self.write_shares(self.typed())

    @changes_what_no_intent_shows
    def save_instead(self) -> None:
        self.write_shares(self.answers.typed)

    def done(self) -> End:
        line, meeting = self.line, self.meeting
        return End(
            _(
                "{number} {name} saves {saved}. {entered} of {here} asked.",
                number=line.number,
                name=line.name,
                saved=self.money(line.saved_minor or 0),
                entered=meeting.entered,
                here=meeting.here,
            )
        )
