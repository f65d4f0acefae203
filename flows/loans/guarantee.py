"""A member is asked to be guarantor, and answers on their own phone."""

import uuid

from core.loans import guarantors
from core.loans.guarantors import GuaranteeRequest
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import Confirm, End, Fact, Menu, Option, Pin
from menus.texts import Text, _


class Guarantee(Flow):
    """PIN -> which loan -> Yes or No."""

    name = "loan_guarantee"
    initial = "pin"
    transitions = [
        ["answer", "pin", "request"],
        ["answer", "request", "agreement"],
        {"trigger": "answer", "source": "agreement", "dest": "accepted", "conditions": "yes",
         "before": "accept"},
        {"trigger": "answer", "source": "agreement", "dest": "refused", "before": "refuse"},
    ]  # fmt: skip

    class Answers:
        request: uuid.UUID

    answers: Answers

    def pin(self) -> Pin:
        return Pin()

    def _asked(self) -> list[GuaranteeRequest]:
        return self.read(guarantors.asked_of, self.context.keys, self.caller_id)

    def request(self) -> Menu | End:
        found = self._asked()
        if not found:
            return End(_("Nobody asks you to be guarantor."))
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
        return Menu(_("Be guarantor of whom?"), tuple(options))

    def agreement(self) -> Confirm | End:
        found = next((one for one in self._asked() if one.loan_id == self.answers.request), None)
        if found is None:
            return End(_("This no longer waits for your answer. Nothing was changed."))
        question: Text = _(
            "Be guarantor of {member} in {group}?", member=found.borrower, group=found.group
        )
        return Confirm(
            question,
            (
                Fact(_("Loan"), self.money(found.principal_minor)),
                Fact(_("Held of your savings"), self.money(found.pledge_minor)),
            ),
        )

    @changes_what_no_intent_shows
    def accept(self) -> None:
        self.write(
            guarantors.accept,
            self.context.keys,
            tenant=self.tenant,
            loan_id=self.answers.request,
            subscriber_id=self.caller_id,
        )

    @changes_what_no_intent_shows
    def refuse(self) -> None:
        self.write(
            guarantors.refuse,
            self.context.keys,
            loan_id=self.answers.request,
            subscriber_id=self.caller_id,
        )

    def accepted(self) -> End:
        return End(_("You are guarantor now. Your savings are free again when it is repaid."))

    def refused(self) -> End:
        return End(_("You refused. Nothing of yours is held."))
