"""Loans at the meeting that is on: who repays in cash, and which loans are paid out."""

import uuid

from core.loans import at_meeting
from core.loans.at_meeting import Owing
from engine.flow_map import changes_what_no_intent_shows
from flows.loans import choosing
from flows.savings.group_steps import AMOUNT_MAXIMUM_MINOR, NUMBER_MAXIMUM, GroupSteps
from menus.answers import Amount, Number
from menus.screens import Ask, Confirm, End, Menu, Option
from menus.texts import Text, _

REPAY, PAY_OUT = "repay", "pay_out"


class MeetingLoans(GroupSteps):
    """group -> a member's instalment -> amount -> written; or a loan that the committee agreed to
    -> paid out now, or not."""

    name = "meeting_loans"
    resumable = frozenset({"group", "what", "number", "amount", "loan"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "what", "before": "require_on"},
        {"trigger": "answer", "source": "what", "dest": "number", "conditions": "is_repayment"},
        ["answer", "what", "loan"],
        {"trigger": "answer", "source": "number", "dest": "amount", "before": "find"},
        {"trigger": "answer", "source": "amount", "dest": "written", "before": "repay"},
        ["answer", "loan", "payout"],
        {"trigger": "answer", "source": "payout", "dest": "written", "before": "pay_out"},
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        number: int
        loan: uuid.UUID

    answers: Answers

    def what(self) -> Menu:
        return Menu(
            _("Loans"),
            (
                Option(1, _("A member repays"), REPAY),
                Option(2, _("Pay a loan out"), PAY_OUT),
            ),
        )

    def is_repayment(self) -> bool:
        return bool(self.given == REPAY)

    # -- a member repays ---------------------------------------------------------------------------

    def number(self) -> Ask:
        return Ask(_("Who repays? Number"), Number(1, NUMBER_MAXIMUM))

    def _owing(self, number: int) -> Owing:
        return self.read(at_meeting.owing, self.meeting, self.line_of(number))

    def find(self) -> None:
        """Raises NoSuchMember, NoLoanOf."""
        self._owing(self.given)

    def amount(self) -> Ask:
        line, owing = self.line_of(self.answers.number), self._owing(self.answers.number)
        prompt = _(
            "{name}: due {due}, all {whole}. How much in cash?",
            name=line.name,
            due=self.money(owing.due_minor),
            whole=self.money(owing.ends_minor),
        )
        return Ask(prompt, Amount(self.currency, 0, AMOUNT_MAXIMUM_MINOR))

    @changes_what_no_intent_shows
    def repay(self) -> None:
        line, amount_minor = self.line_of(self.answers.number), self.given.amount_minor
        self.write(at_meeting.repay, self.meeting, line, amount_minor, by=self.caller_id)

    # -- a loan is paid out ------------------------------------------------------------------------

    def _waiting(self) -> list[at_meeting.ToPayOut]:
        return self.read(at_meeting.to_pay_out, self.context.keys, self.meeting)

    def loan(self) -> Menu | End:
        return choosing.menu_of(
            self,
            self._waiting(),
            title=_("Pay which loan out?"),
            nothing=_("No loan waits to be paid out in cash."),
        )

    def payout(self) -> Confirm | End:
        found = choosing.one_of(self._waiting(), self.answers.loan)
        if found is None:
            return End(_("No loan waits to be paid out in cash."))
        amount, name = self.money(found.principal_minor), found.borrower
        return Confirm(_("Is {member}'s loan of {amount} paid now?", member=name, amount=amount))

    @changes_what_no_intent_shows
    def pay_out(self) -> None:
        loan_id, is_paid = self.answers.loan, self.given is True
        self.write(at_meeting.write_payout, self.meeting, loan_id, by=self.caller_id, paid=is_paid)

    def written(self) -> End:
        return End(_("Written. Loans so far: {sum}.", sum=self._sum()))

    def _sum(self) -> Text:
        loans_minor = self.meeting.loans_minor
        amount = self.money(abs(loans_minor))
        if loans_minor < 0:
            return _("{amount} out", amount=amount)
        return _("{amount} in", amount=amount)
