"""What the members save at the meeting that is on, one after another."""

from core.savings import meeting_lines
from core.savings.meeting_lines import MemberLine
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import SharesSteps
from menus.screens import End
from menus.texts import _


class MeetingSavings(SharesSteps):
    """group -> shares of the first who was not asked yet -> of the next one, until all were asked.

    Who was asked is in the draft of the meeting: the next call, by anybody of the committee, goes
    on with the next one.
    """

    name = "meeting_savings"
    resumable = frozenset({"group"})
    transitions = [
        {
            "trigger": "answer", "source": "group", "dest": "shares",
            "prepare": ["require_on", "find_next"], "conditions": "is_left",
        },
        ["answer", "group", "asked"],
        {"trigger": "answer", "source": "shares", "dest": "instead", "conditions": "is_other"},
        {
            "trigger": "answer", "source": "shares", "dest": "shares",
            "prepare": "save", "conditions": "is_left",
        },
        ["answer", "shares", "asked"],
        {
            "trigger": "answer", "source": "instead", "dest": "shares",
            "prepare": "save_instead", "conditions": "is_left",
        },
        ["answer", "instead", "asked"],
    ]  # fmt: skip

    class Answers(SharesSteps.Answers):
        number: int = 0  # 0: nobody is left

    answers: Answers

    def find_next(self) -> None:
        found = self.read(meeting_lines.next_to_save, self.context.keys, self.meeting.id)
        self._go_on_with(found)

    def is_left(self) -> bool:
        return self.answers.number > 0

    @changes_what_no_intent_shows
    def save(self) -> None:
        self._go_on_with(self.write_shares(self.typed()))

    @changes_what_no_intent_shows
    def save_instead(self) -> None:
        if self.given is True:
            self._go_on_with(self.write_shares(self.answers.typed))
        else:
            self.find_next()

    def _go_on_with(self, line: MemberLine | None) -> None:
        self.answers.number, self.answers.typed = line.number if line else 0, 0

    def asked(self) -> End:
        meeting = self.meeting
        return End(
            _(
                "{entered} of {here} asked. Saved in all: {saved}. Now the other money.",
                entered=meeting.entered,
                here=meeting.here,
                saved=self.money(meeting.saved_minor),
            )
        )
