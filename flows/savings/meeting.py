"""A group's meeting begins: opened, the roll called, and both funds confirmed, or it stops."""

from core.savings import meeting_lines, meetings
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import AMOUNT_MAXIMUM_MINOR, NUMBER_MAXIMUM, GroupSteps
from menus import sentences
from menus.answers import Amount, Number
from menus.screens import Ask, Confirm, End, Fact, Menu, Option
from menus.texts import _


class Meeting(GroupSteps):
    """group -> open -> roll call, by exceptions -> both funds -> on.

    Whoever of the committee calls again, while it is on, comes to the roll.
    """

    name = "meeting"
    resumable = frozenset({"group", "member", "mark"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "roll", "conditions": "is_on"},
        ["answer", "group", "opening"],
        {
            "trigger": "answer", "source": "opening", "dest": "roll",
            "conditions": "yes", "before": "open",
        },
        ["answer", "opening", "cancelled"],
        {
            "trigger": "answer", "source": "roll", "dest": "funds",
            "conditions": ["yes", "is_unconfirmed"],
        },
        {"trigger": "answer", "source": "roll", "dest": "on", "conditions": "yes"},
        ["answer", "roll", "member"],
        {
            "trigger": "answer", "source": "member", "dest": "funds",
            "conditions": ["is_nobody", "is_unconfirmed"],
        },
        {"trigger": "answer", "source": "member", "dest": "on", "conditions": "is_nobody"},
        {"trigger": "answer", "source": "member", "dest": "mark", "before": "find"},
        {"trigger": "answer", "source": "mark", "dest": "member", "before": "write_mark"},
        {
            "trigger": "answer", "source": "funds", "dest": "on",
            "conditions": "yes", "before": "confirm",
        },
        ["answer", "funds", "held"],
        {"trigger": "answer", "source": "held", "dest": "stopped", "before": "stop"},
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        member: int

    answers: Answers

    def is_on(self) -> bool:
        found = self.read(meetings.find, self.given.id)
        if found is not None and found.recorded_by != self.caller_id:
            self.notice = _("Somebody else of the committee writes this meeting down, too.")
        return found is not None

    def opening(self) -> Confirm:
        return Confirm(_("Open today's meeting of {group}?", group=self.answers.group.name))

    @changes_what_no_intent_shows
    def open(self) -> None:
        self.write(
            meetings.open_meeting,
            group_id=self.answers.group.id,
            by=self.caller_id,
            today=self.tenant.today(),
            currency=self.currency,
        )

    def cancelled(self) -> End:
        return End(sentences.CANCELLED)

    # -- the roll ----------------------------------------------------------------------------------

    def roll(self) -> Confirm:
        meeting = self.meeting
        return Confirm(
            _("{here} of {members} are here. Right?", here=meeting.here, members=meeting.members)
        )

    def member(self) -> Ask:
        return Ask(_("Who is late or away? Number, 0: nobody else"), Number(0, NUMBER_MAXIMUM))

    def is_nobody(self) -> bool:
        return bool(self.given == 0)

    def is_unconfirmed(self) -> bool:
        return self.meeting.state == meetings.MEETING.initial

    def find(self) -> None:
        """Raises NoSuchMember."""
        self.line_of(self.given)

    def mark(self) -> Menu:
        line = self.line_of(self.answers.member)
        return Menu(
            _("{number} {name}", number=line.number, name=line.name),
            (
                Option(1, _("Here"), "present"),
                Option(2, _("Late"), "late"),
                Option(3, _("Excused"), "excused"),
                Option(4, _("Absent"), "absent"),
            ),
        )

    @changes_what_no_intent_shows
    def write_mark(self) -> None:
        who = self.line_of(self.answers.member).subscriber_id
        self.write(meeting_lines.mark, self.meeting, who, self.given, by=self.caller_id)

    # -- its opening balances ----------------------------------------------------------------------

    def funds(self) -> Confirm:
        meeting = self.meeting
        return Confirm(
            _("Read both aloud. Is this in the box?"),
            (
                Fact(_("Loan fund"), self.money(meeting.opening_loan_minor)),
                Fact(_("Social fund"), self.money(meeting.opening_social_minor)),
            ),
        )

    @changes_what_no_intent_shows
    def confirm(self) -> None:
        self.write(meetings.confirm_opening, self.meeting, by=self.caller_id)

    def held(self) -> Ask:
        return Ask(_("How much is in the box?"), Amount(self.currency, 0, AMOUNT_MAXIMUM_MINOR))

    @changes_what_no_intent_shows
    def stop(self) -> None:
        reason = f"The box held {self.given.amount_minor} at the opening"
        self.write(meetings.stop, self.meeting, by=self.caller_id, reason=reason)

    def stopped(self) -> End:
        return End(_("The meeting has stopped. Nothing was posted."))

    def on(self) -> End:
        meeting = self.meeting
        return End(
            _(
                "{group}: the meeting is on, {here} of {members} are here. Now the savings.",
                group=self.answers.group.name,
                here=meeting.here,
                members=meeting.members,
            )
        )
