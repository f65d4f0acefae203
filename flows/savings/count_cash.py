"""A key holder has counted the box of the meeting that is on."""

from core.savings import meeting_count
from core.savings.committee import KEY_HOLDER
from core.savings.meeting_count import Count
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import AMOUNT_MAXIMUM_MINOR, GroupSteps
from menus.answers import Amount
from menus.screens import Ask, Confirm, End, Pin
from menus.texts import _
from values.money import Money


class CountCash(GroupSteps):
    """group -> amount -> confirm -> PIN -> counted. Nobody is shown what the book says, or the
    other's sum."""

    name = "count_cash"
    offices = frozenset({KEY_HOLDER})
    resumable = frozenset({"group", "amount", "sure"})
    transitions = [
        ["answer", "group", "amount"],
        ["answer", "amount", "sure"],
        {"trigger": "answer", "source": "sure", "dest": "pin", "conditions": "yes"},
        ["answer", "sure", "amount"],
        {"trigger": "answer", "source": "pin", "dest": "counted", "before": "count"},
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        amount: Money
        found: Count | None = None

    answers: Answers

    def amount(self) -> Ask:
        prompt = _("How much cash is in the box of {group}?", group=self.answers.group.name)
        return Ask(prompt, Amount(self.currency, 0, AMOUNT_MAXIMUM_MINOR))

    def sure(self) -> Confirm:
        group, counted = self.answers.group.name, self.answers.amount
        return Confirm(_("{group}: did you count {amount}?", group=group, amount=counted))

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def count(self) -> None:
        group_id, counted = self.answers.group.id, self.answers.amount.amount_minor
        self.answers.found = self.write(meeting_count.count, group_id, counted, by=self.caller_id)

    def counted(self) -> End:
        found = self.answers.found
        assert found is not None, "the step before counted"
        if found.waits:
            return End(_("Noted. Now another key holder counts on their own phone."))
        if found.differs:
            return End(_("The two counts differ. Please count again, both of you."))
        amount = self.money(abs(found.difference_minor))
        if found.difference_minor > 0:
            return End(_("Both counted the same: {amount} more than the book.", amount=amount))
        if found.difference_minor:
            return End(_("Both counted the same: {amount} less than the book.", amount=amount))
        return End(_("Both counted what the book says."))
