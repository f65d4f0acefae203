"""A group's meeting ends: it closes and is posted, is counted again, or stops."""

from core.loans import at_meeting
from core.savings import meeting_count, meetings
from core.savings.meeting_closing import Minutes
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import GroupSteps
from menus.screens import Ask, Confirm, End, Fact, Menu, Option, Pin
from menus.texts import Text, _

CLOSE, AGAIN, STOP = "close", "again", "stop"


class CloseMeeting(GroupSteps):
    """group -> close -> why the cash differs, if it does -> confirm -> PIN -> posted; or count
    again; or stop -> why."""

    name = "close_meeting"
    resumable = frozenset({"group", "what", "end"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "what", "before": "require_on"},
        {
            "trigger": "answer", "source": "what", "dest": "why_cash",
            "conditions": ["is_close", "is_unexplained"],
        },
        {
            "trigger": "answer", "source": "what", "dest": "end",
            "conditions": ["is_close", "is_counted"],
        },
        {"trigger": "answer", "source": "what", "dest": "uncounted", "conditions": "is_close"},
        {"trigger": "answer", "source": "what", "dest": "why_stop", "conditions": "is_stop"},
        {"trigger": "answer", "source": "what", "dest": "uncounted", "before": "recount"},
        {"trigger": "answer", "source": "why_cash", "dest": "end", "before": "explain"},
        {"trigger": "answer", "source": "end", "dest": "pin", "conditions": "yes"},
        ["answer", "end", "what"],
        {"trigger": "answer", "source": "pin", "dest": "closed", "before": "close"},
        {"trigger": "answer", "source": "why_stop", "dest": "stopped", "before": "stop"},
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        minutes: Minutes | None = None

    answers: Answers

    def what(self) -> Menu:
        return Menu(
            _("End of the meeting"),
            (
                Option(1, _("Close it"), CLOSE),
                Option(2, _("Count again"), AGAIN),
                Option(3, _("Stop it"), STOP),
            ),
        )

    def is_close(self) -> bool:
        return bool(self.given == CLOSE)

    def is_stop(self) -> bool:
        return bool(self.given == STOP)

    def is_counted(self) -> bool:
        return self.meeting.counted_minor is not None

    def is_unexplained(self) -> bool:
        meeting = self.meeting
        return bool(meeting.difference_minor and not meeting.reason)

    @changes_what_no_intent_shows
    def recount(self) -> None:
        self.write(meeting_count.recount, self.meeting, by=self.caller_id)

    def uncounted(self) -> End:
        return End(_("Now two key holders count the cash, each on their own phone."))

    def why_cash(self) -> Ask:
        return Ask(_("{difference} Why?", difference=self._difference()), self.reason())

    @changes_what_no_intent_shows
    def explain(self) -> None:
        self.write(meeting_count.explain, self.meeting, self.given, by=self.caller_id)

    def end(self) -> Confirm:
        meeting = self.meeting
        facts = [
            Fact(_("Saved"), self.money(meeting.saved_minor)),
            Fact(_("Other money"), self.money(meeting.lines_minor - meeting.saved_minor)),
        ]
        if meeting.difference_minor:
            facts.append(Fact(_("Cash"), self._difference()))
        return Confirm(_("Close the meeting?"), tuple(facts))

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def close(self) -> None:
        self.answers.minutes = self.write(
            at_meeting.close,
            self.meeting.id,
            by=self.caller_id,
            service_id=self.context.service.id,
        )

    def closed(self) -> End:
        minutes = self.answers.minutes
        assert minutes is not None, "the step before closed it"
        return End(
            _(
                "Closed. In the box: loan fund {loan_fund}, social fund {social_fund}."
                " Every member is texted.",
                loan_fund=minutes.loan_fund,
                social_fund=minutes.social_fund,
            )
        )

    def why_stop(self) -> Ask:
        return Ask(_("Nothing of this meeting is kept. Why does it stop?"), self.reason())

    @changes_what_no_intent_shows
    def stop(self) -> None:
        self.write(meetings.stop, self.meeting, by=self.caller_id, reason=self.given)

    def stopped(self) -> End:
        return End(_("The meeting has stopped. Nothing was posted."))

    def _difference(self) -> Text:
        over_minor = self.meeting.difference_minor
        amount = self.money(abs(over_minor))
        if over_minor > 0:
            return _("{amount} more than the book.", amount=amount)
        return _("{amount} less than the book.", amount=amount)
