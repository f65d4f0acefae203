"""An officer of a group's committee agrees to a loan, or refuses it for a reason."""

import uuid

from core.loans import deciding
from core.loans.deciding import Waiting
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.loans.words import term_text
from menus.screens import End, Menu, Option, Pin
from menus.texts import _

AGREE, REFUSE = "agree", "refuse"


class DecideOnLoan(Flow):
    """PIN -> which loan -> agree, or refuse and why."""

    name = "loan_decide"
    initial = "pin"
    transitions = [
        ["answer", "pin", "loan"],
        ["answer", "loan", "decision"],
        {"trigger": "answer", "source": "decision", "dest": "agreed", "conditions": "agrees",
         "before": "approve"},
        ["answer", "decision", "reason"],
        {"trigger": "answer", "source": "reason", "dest": "refused", "before": "refuse"},
    ]  # fmt: skip

    class Answers:
        loan: uuid.UUID
        agreed_count: int = 0
        needed_count: int = 0
        in_cash: bool = False

    answers: Answers

    def pin(self) -> Pin:
        return Pin()

    def _waiting(self) -> list[Waiting]:
        return self.read(deciding.waiting_for, self.context.keys, self.tenant, self.caller_id)

    def loan(self) -> Menu | End:
        found = self._waiting()
        if not found:
            return End(_("No loan waits for your answer."))
        options = (
            Option(
                number,
                _(
                    "{member}: {amount}",
                    member=one.borrower,
                    amount=self.money(one.principal_minor),
                ),
                str(one.loan_id),
            )
            for number, one in enumerate(found, start=1)
        )
        return Menu(_("Decide on which loan?"), tuple(options))

    def decision(self) -> Menu | End:
        found = next((one for one in self._waiting() if one.loan_id == self.answers.loan), None)
        if found is None:
            return End(_("This no longer waits for your answer. Nothing was changed."))
        title = _(
            "{member} asks for {amount}, {term}. Repays {total}. Saved {saved}.",
            member=found.borrower,
            amount=self.money(found.principal_minor),
            term=term_text(found.periods, found.every),
            total=self.money(found.to_repay_minor),
            saved=self.money(found.saved_minor),
        )
        return Menu(title, (Option(1, _("Agree"), AGREE), Option(2, _("Refuse"), REFUSE)))

    def agrees(self) -> bool:
        return bool(self.given == AGREE)

    @changes_what_no_intent_shows
    def approve(self) -> None:
        done = self.write(
            deciding.approve,
            self.context.keys,
            tenant=self.tenant,
            loan_id=self.answers.loan,
            officer_id=self.caller_id,
        )
        self.answers.agreed_count, self.answers.needed_count = done.agreed, done.needed
        self.answers.in_cash = done.waits_for_cash

    def agreed(self) -> End:
        agreed, needed = self.answers.agreed_count, self.answers.needed_count
        if self.answers.in_cash:
            return End(_("You agreed. The loan waits to be paid out in cash, at the meeting."))
        if agreed >= needed:
            return End(_("You agreed. The loan is paid to the member's wallet."))
        return End(_("You agreed. {agreed} of {needed} have agreed.", agreed=agreed, needed=needed))

    def reason(self) -> Menu:
        return Menu(
            _("Why do you refuse?"),
            (
                Option(1, _("Too little saved"), "savings"),
                Option(2, _("The amount is too high"), "amount"),
                Option(3, _("An earlier loan was late"), "late"),
                Option(4, _("Talk at the meeting"), "meeting"),
            ),
        )

    @changes_what_no_intent_shows
    def refuse(self) -> None:
        self.write(
            deciding.refuse,
            tenant=self.tenant,
            loan_id=self.answers.loan,
            officer_id=self.caller_id,
            reason=self.given,
        )

    def refused(self) -> End:
        return End(_("You refused this loan. The member is told why."))
