"""A member is asked to be guarantor, and answers on their own phone."""

import uuid

from core.loans import guarantors
from core.loans.guarantors import GuaranteeRequest
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.loans import choosing
from menus.screens import Confirm, End, Fact, Menu, Pin
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
        return choosing.menu_of(
            self,
            self._asked(),
            title=_("Be guarantor of whom?"),
            nothing=_("Nobody asks you to be guarantor."),
        )

    def agreement(self) -> Confirm | End:
        found = choosing.one_of(self._asked(), self.answers.request)
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
