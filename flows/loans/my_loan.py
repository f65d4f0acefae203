"""What a member owes, and what is due when; an application can be taken back."""

import uuid

from core.loans import applying, loans
from core.loans.loans import Loan
from core.loans.replay import Instalment, Replayed
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import End, Menu, Option, Pin
from menus.texts import Day, Text, _


class MyLoan(Flow):
    """Phones are shared: the PIN comes first."""

    name = "my_loan"
    initial = "pin"
    transitions = [
        ["answer", "pin", "loan"],
        {"trigger": "answer", "source": "loan", "dest": "application",
         "conditions": "is_application"},
        ["answer", "loan", "schedule"],
        {"trigger": "answer", "source": "application", "dest": "withdrawn", "before": "withdraw"},
    ]  # fmt: skip

    class Answers:
        loan: uuid.UUID

    answers: Answers

    def pin(self) -> Pin:
        return Pin()

    def loan(self) -> Menu | End:
        found = self.read(loans.of_borrower, self.caller_id)
        if not found:
            return End(_("You have no loan."))
        options = (
            Option(
                number,
                _("{amount} {group}", amount=one.principal, group=one.group),
                str(one.id),
            )
            for number, one in enumerate(found, start=1)
        )
        return Menu(_("Which loan?"), tuple(options))

    def _loan(self) -> Loan:
        found = self.read(loans.get, self.answers.loan)
        assert found is not None, "loans are never deleted"
        return found

    def is_application(self) -> bool:
        return not self._loan().is_owed

    def application(self) -> Menu:
        """Nothing is paid out yet."""
        loan = self._loan()
        waits: Text = _("It waits for the committee.")
        if loan.state == "approved":
            waits = _("It waits to be paid out in cash.")
        elif loan.state == "applied":
            waits = _("It waits for your guarantors.")
        title = _(
            "Loan of {amount}, {group}. {waits}",
            amount=loan.principal,
            group=loan.group,
            waits=waits,
        )
        return Menu(title, (Option(1, _("Take it back")),))

    @changes_what_no_intent_shows
    def withdraw(self) -> None:
        self.write(applying.withdraw, self.answers.loan)

    def withdrawn(self) -> End:
        return End(_("You no longer apply for this loan."))

    def schedule(self) -> End:
        loan = self._loan()
        standing = self.read(loans.standing, loan, self.tenant.today())
        text = _summary(loan, standing)
        for one in standing.instalments:
            if one.open_minor:
                text = _line(loan, one, text)
        return End(text)


def _summary(loan: Loan, standing: Replayed) -> Text:
    owed = loan.money(standing.owed_minor)
    if standing.days_late:
        return _(
            "{group}: to repay {owed}. Overdue {due}.",
            group=loan.group,
            owed=owed,
            due=loan.money(standing.due_now_minor),
        )
    return _("{group}: to repay {owed}.", group=loan.group, owed=owed)


def _line(loan: Loan, one: Instalment, before: Text) -> Text:
    return _(
        "{before}\n{day} {amount}",
        before=before,
        day=Day(one.due_on),
        amount=loan.money(one.open_minor),
    )
