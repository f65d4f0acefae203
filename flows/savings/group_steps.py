"""What conversations of a committee have in common: which group, which member, what holds."""

from collections.abc import Collection
from typing import ClassVar

from core.savings import committee, meeting_lines, meetings
from core.savings.committee import RECORDERS, Seat
from core.savings.constitution import Constitution
from core.savings.meeting_lines import MemberLine
from core.savings.meetings import Meeting
from engine.flow import Flow
from menus.answers import Amount, Number
from menus.screens import Ask, Confirm, End, Menu, Option
from menus.texts import Text, _
from menus.words import Words
from values.money import Money

NUMBER_MAXIMUM = 999
AMOUNT_MAXIMUM_MINOR = 10**10
REASON_CHARS_MAXIMUM = 40


class GroupSteps(Flow):
    """group -> what the flow does there. `offices` are those that it is for."""

    initial = "group"
    offices: ClassVar[Collection[str]] = RECORDERS

    class Answers:
        group: Seat

    def group(self) -> Menu | End:
        found = self.read(committee.seats, self.caller_id, self.tenant.today(), self.offices)
        if not found:
            return End(_("You have no such office in a group today."))
        options = (Option(seat.number, seat.name, seat, seat.code) for seat in found)
        return Menu(_("Which group?"), tuple(options))

    def require_on(self) -> None:
        """Before hook of `group`. Raises NoMeeting."""
        self.read(meetings.require, self.given.id)

    @property
    def meeting(self) -> Meeting:
        """The meeting that is on. Raises NoMeeting."""
        return self.read(meetings.require, self.answers.group.id)

    def rules(self) -> Constitution:
        return self.read(meetings.rules, self.meeting)

    def line_of(self, number: int) -> MemberLine:
        """A member at the meeting. Raises NoSuchMember."""
        return self.read(meeting_lines.by_number, self.context.keys, self.meeting.id, number)

    def savings(self, rules: Constitution) -> Number | Amount:
        """What is typed of savings: a number of shares; or an amount, where members save freely."""
        return Number(0, rules.most) if rules.has_shares else Amount(self.currency, 0, rules.most)

    def typed(self) -> int:
        """What was given of them: a number of shares, or minor units."""
        return int(self.given.amount_minor if isinstance(self.given, Money) else self.given)

    def reason(self) -> Words:
        return Words(maximum_chars=REASON_CHARS_MAXIMUM)


class SharesSteps(GroupSteps):
    """What one member saves. Something else that was written for them before is shown first."""

    class Answers(GroupSteps.Answers):
        number: int
        typed: int = 0  # what is to stand in the place of something else

    answers: Answers

    @property
    def line(self) -> MemberLine:
        return self.line_of(self.answers.number)

    def shares(self) -> Ask:
        line, rules = self.line, self.rules()
        prompt = _("{number} {name}: how much?", number=line.number, name=line.name)
        if rules.has_shares:
            prompt = _("{number} {name}: how many shares?", number=line.number, name=line.name)
        return Ask(prompt, self.savings(rules))

    def is_other(self) -> bool:
        """Whether something else was written for this member before."""
        before, typed = self.line.saved_minor, self.typed()
        if before is None or before == self.rules().saved_minor(typed, self.currency):
            return False
        self.answers.typed = typed
        return True

    def instead(self) -> Confirm:
        line, rules = self.line, self.rules()
        return Confirm(
            _(
                "{name} has {before} already. {typed} instead?",
                name=line.name,
                before=rules.shown(rules.typed(line.saved_minor or 0), self.currency),
                typed=rules.shown(self.answers.typed, self.currency),
            )
        )

    def write_shares(self, typed: int) -> MemberLine | None:
        """Answers who is to be asked next."""
        keys, meeting, who = self.context.keys, self.meeting, self.line.subscriber_id
        return self.write(meeting_lines.save, keys, meeting, who, typed, by=self.caller_id)


def kind_of_fine(kind: str) -> Text:
    """What people call a kind of fine: the two that a roll call has, or the rules' word."""
    return {"late": _("Late"), "absent": _("Absent")}.get(kind, kind.replace("_", " "))
