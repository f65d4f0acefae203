"""What else is paid at the meeting that is on: the social fund, fines; and what of the last meeting
was written down wrong."""

from core.savings import fines, meeting_lines
from core.savings.meeting_lines import MemberLine
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import NUMBER_MAXIMUM, GroupSteps, kind_of_fine
from menus.answers import Number
from menus.screens import Ask, Confirm, End, Menu, Option
from menus.texts import _

SOCIAL, FINE, CORRECT, GUESTS = "social", "fine", "correct", "guests"


class MeetingMoney(GroupSteps):
    """group -> social fund, by exceptions; or a member's fine; or a member's last savings; or how
    many guests there are."""

    name = "meeting_money"
    resumable = frozenset({"group", "what", "unpaid", "guests", "fined", "fine", "wrong", "right"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "what", "before": "require_on"},
        {"trigger": "answer", "source": "what", "dest": "social", "conditions": "is_social"},
        {"trigger": "answer", "source": "what", "dest": "fined", "conditions": "is_fine"},
        {"trigger": "answer", "source": "what", "dest": "guests", "conditions": "is_guests"},
        {"trigger": "answer", "source": "guests", "dest": "noted", "before": "note_guests"},
        ["answer", "what", "wrong"],
        {
            "trigger": "answer", "source": "social", "dest": "written",
            "conditions": "yes", "before": "pay_social",
        },
        {"trigger": "answer", "source": "social", "dest": "unpaid", "before": "pay_social"},
        {"trigger": "answer", "source": "unpaid", "dest": "written", "conditions": "is_nobody"},
        {"trigger": "answer", "source": "unpaid", "dest": "unpaid", "before": "leave_out"},
        {"trigger": "answer", "source": "fined", "dest": "fine", "before": "find"},
        {"trigger": "answer", "source": "fine", "dest": "written", "before": "write_fine"},
        {"trigger": "answer", "source": "wrong", "dest": "right", "before": "find_before"},
        {"trigger": "answer", "source": "right", "dest": "why", "before": "keep_right"},
        {"trigger": "answer", "source": "why", "dest": "written", "before": "correct"},
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        fined: int
        wrong: int
        typed: int = 0  # what is right: shares, or minor units

    answers: Answers

    def what(self) -> Menu:
        return Menu(
            _("Other money"),
            (
                Option(1, _("Social fund"), SOCIAL),
                Option(2, _("A fine"), FINE),
                Option(3, _("Correct the last savings"), CORRECT),
                Option(4, _("Guests"), GUESTS),
            ),
        )

    def is_social(self) -> bool:
        return bool(self.given == SOCIAL)

    def is_fine(self) -> bool:
        return bool(self.given == FINE)

    def written(self) -> End:
        meeting = self.meeting
        return End(
            _(
                "Written. Social fund {social}, fines {fines} so far.",
                social=self.money(meeting.social_minor),
                fines=self.money(meeting.fine_minor),
            )
        )

    # -- guests ------------------------------------------------------------------------------------

    def is_guests(self) -> bool:
        return bool(self.given == GUESTS)

    def guests(self) -> Ask:
        return Ask(_("How many guests are here, who are no members?"), Number(0, NUMBER_MAXIMUM))

    @changes_what_no_intent_shows
    def note_guests(self) -> None:
        self.write(meeting_lines.note_guests, self.meeting, self.given, by=self.caller_id)

    def noted(self) -> End:
        return End(_("Written. Guests: {guests}.", guests=self.meeting.guests))

    # -- the social fund ---------------------------------------------------------------------------

    def social(self) -> Confirm:
        return Confirm(
            _(
                "Did all {here} here pay {amount} to the social fund?",
                here=self.meeting.here,
                amount=self.money(self.rules().social_minor),
            )
        )

    @changes_what_no_intent_shows
    def pay_social(self) -> None:
        self.write(meeting_lines.pay_social, self.meeting, by=self.caller_id)

    def unpaid(self) -> Ask:
        prompt = _("Who did not pay the social fund? Number, 0: nobody else")
        return Ask(prompt, Number(0, NUMBER_MAXIMUM))

    def is_nobody(self) -> bool:
        return bool(self.given == 0)

    @changes_what_no_intent_shows
    def leave_out(self) -> None:
        who = self.line_of(self.given).subscriber_id
        self.write(meeting_lines.leave_out_social, self.meeting, who, by=self.caller_id)

    # -- a fine ------------------------------------------------------------------------------------

    def fined(self) -> Ask:
        return Ask(_("Who pays a fine? Number"), Number(1, NUMBER_MAXIMUM))

    def find(self) -> None:
        """Raises NoSuchMember."""
        self.line_of(self.given)

    def fine(self) -> Menu:
        line, rules = self.line_of(self.answers.fined), self.rules()
        kinds = (
            Option(
                key, _("{kind} {amount}", kind=kind_of_fine(kind), amount=self.money(amount)), kind
            )
            for key, (kind, amount) in enumerate(sorted(rules.fines.items()), start=1)
        )
        title = _("{number} {name} pays a fine:", number=line.number, name=line.name)
        options = [*kinds, Option(97, _("No fine today"), "")]
        group_id, who = self.answers.group.id, line.subscriber_id
        owed_minor = self.read(fines.owed_minor, group_id, who)
        if owed_minor:
            earlier = _("Owed from before {amount}", amount=self.money(owed_minor))
            options.insert(-1, Option(96, earlier, fines.EARLIER))
        return Menu(title, tuple(options))

    @changes_what_no_intent_shows
    def write_fine(self) -> None:
        meeting, who = self.meeting, self.line_of(self.answers.fined).subscriber_id
        if self.given == fines.EARLIER:
            self.write(fines.pay, meeting, who, by=self.caller_id)
        elif self.given:
            self.write(meeting_lines.fine, meeting, who, self.given, by=self.caller_id)
        else:
            self.write(meeting_lines.drop_fines, meeting, who, by=self.caller_id)

    # -- what was wrong of the last savings --------------------------------------------------------

    def wrong(self) -> Ask:
        return Ask(_("Whose last savings were wrong? Number"), Number(1, NUMBER_MAXIMUM))

    def _before(self, number: int) -> MemberLine:
        return self.read(meeting_lines.line_before, self.context.keys, self.meeting, number)

    def find_before(self) -> None:
        """Raises NothingToCorrect."""
        self._before(self.given)

    def right(self) -> Ask:
        line = self._before(self.answers.wrong)
        rules = self.read(meeting_lines.rules_before, self.meeting)
        prompt = _(
            "{name} saved {before} last time. What is right?",
            name=line.name,
            before=rules.shown(rules.typed(line.saved_minor or 0), self.currency),
        )
        return Ask(prompt, self.savings(rules))

    def keep_right(self) -> None:
        self.answers.typed = self.typed()

    def why(self) -> Ask:
        return Ask(_("Why was it wrong?"), self.reason())

    @changes_what_no_intent_shows
    def correct(self) -> None:
        before, right = self._before(self.answers.wrong), self.answers.typed
        about = {"reason": self.given, "by": self.caller_id}
        self.write(meeting_lines.correct, self.meeting, before, right, **about)
