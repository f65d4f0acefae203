"""Cash of loans between two meetings: one records it, another one confirms it."""

import uuid

from core.loans import cash, loans
from core.loans.cash import SECOND, Recorded
from core.loans.loans import Loan
from engine.flow_map import changes_what_no_intent_shows
from flows.savings.group_steps import AMOUNT_MAXIMUM_MINOR, GroupSteps
from menus.answers import Amount
from menus.screens import Ask, Confirm, End, Menu, Option, Pin
from menus.texts import Text, _
from values.money import Money

CONFIRM, REPAY, PAY_OUT = "confirm", "repay", "pay_out"


class GroupCash(GroupSteps):
    """group -> what came in, or went out -> whose -> amount -> PIN -> recorded; or what somebody
    else recorded -> PIN -> it is money."""

    name = "group_cash"
    offices = SECOND
    resumable = frozenset({"group", "what", "loan", "amount"})
    transitions = [
        ["answer", "group", "what"],
        {"trigger": "answer", "source": "what", "dest": "waiting", "conditions": "is_confirmation"},
        {"trigger": "answer", "source": "what", "dest": "loan", "before": "keep_way"},
        {"trigger": "answer", "source": "loan", "dest": "sure", "conditions": "is_out"},
        ["answer", "loan", "amount"],
        {"trigger": "answer", "source": "amount", "dest": "sure"},
        {"trigger": "answer", "source": "sure", "dest": "pin", "conditions": "yes"},
        ["answer", "sure", "what"],
        {"trigger": "answer", "source": "pin", "dest": "recorded", "before": "record"},
        ["answer", "waiting", "seen"],
        {"trigger": "answer", "source": "seen", "dest": "second_pin", "conditions": "yes"},
        {"trigger": "answer", "source": "seen", "dest": "refused", "before": "refuse"},
        {
            "trigger": "answer", "source": "second_pin", "dest": "confirmed",
            "before": "confirm",
        },
    ]  # fmt: skip

    class Answers(GroupSteps.Answers):
        loan: uuid.UUID
        waiting: uuid.UUID
        amount: Money | None = None
        way: str = REPAY

    answers: Answers

    def what(self) -> Menu:
        return Menu(
            _("Cash of loans"),
            (
                Option(1, _("A member repays"), REPAY),
                Option(2, _("Pay a loan out"), PAY_OUT),
                Option(3, _("Confirm what was recorded"), CONFIRM),
            ),
        )

    def is_confirmation(self) -> bool:
        return bool(self.given == CONFIRM)

    def keep_way(self) -> None:
        self.answers.way = self.given

    def is_out(self) -> bool:
        return self.answers.way == PAY_OUT

    # -- one records -------------------------------------------------------------------------------

    def loan(self) -> Menu | End:
        group_id, states = self.answers.group.id, cash.STATES[self.is_out()]
        found = self.read(cash.of_group, self.context.keys, group_id, states)
        if not found:
            return End(_("No loan of this group waits for cash."))
        options = (
            Option(
                number,
                _("{member}: {amount}", member=name, amount=one.principal),
                str(one.id),
            )
            for number, (one, name) in enumerate(found, start=1)
        )
        return Menu(_("Whose loan?"), tuple(options))

    def amount(self) -> Ask:
        loan = self._loan()
        standing = self.read(loans.standing, loan, self.tenant.today())
        prompt = _(
            "Due now {due}, ends today with {whole}. How much in cash?",
            due=self.money(standing.due_now_minor),
            whole=self.money(standing.settled_for_minor(loan.terms)),
        )
        return Ask(prompt, Amount(self.currency, 1, AMOUNT_MAXIMUM_MINOR))

    def _loan(self) -> Loan:
        found = self.read(loans.get, self.answers.loan)
        assert found is not None, "loans are never deleted"
        return found

    def sure(self) -> Confirm:
        if self.is_out():
            gets = self.money(loans.payout_minor(self._loan(), self.tenant.today()))
            return Confirm(_("Did you pay {amount} from the box?", amount=gets))
        amount = self.answers.amount
        assert amount is not None, "the step before asked for it"
        return Confirm(_("Did {amount} come into the box?", amount=amount))

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def record(self) -> None:
        amount = self.answers.amount
        self.write(
            cash.record,
            group_id=self.answers.group.id,
            loan_id=self.answers.loan,
            is_payout=self.is_out(),
            amount_minor=amount.amount_minor if amount else 0,
            by=self.caller_id,
            today=self.tenant.today(),
        )

    def recorded(self) -> End:
        return End(_("Recorded. Now another one confirms it on their own phone."))

    # -- another one confirms ----------------------------------------------------------------------

    def _recorded(self) -> list[Recorded]:
        about = (self.context.keys, self.answers.group.id, self.caller_id)
        return self.read(cash.waiting_for, *about)

    def waiting(self) -> Menu | End:
        found = self._recorded()
        if not found:
            return End(_("Nothing waits for you to confirm it."))
        options = (
            Option(number, self._of(one), str(one.id)) for number, one in enumerate(found, start=1)
        )
        return Menu(_("Which one did you see?"), tuple(options))

    def _of(self, one: Recorded) -> Text:
        amount = self.money(one.amount_minor)
        if one.is_payout:
            return _("{member} got {amount}", member=one.member, amount=amount)
        return _("{member} paid {amount}", member=one.member, amount=amount)

    def seen(self) -> Confirm | End:
        found = next((one for one in self._recorded() if one.id == self.answers.waiting), None)
        if found is None:
            return End(_("Nothing waits for you to confirm it."))
        return Confirm(_("Did you see it? {cash}", cash=self._of(found)))

    def second_pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def confirm(self) -> None:
        today = self.tenant.today()
        self.write(cash.confirm, self.answers.waiting, by=self.caller_id, today=today)

    def confirmed(self) -> End:
        return End(_("Confirmed. It is in the group's book, and the member is texted."))

    @changes_what_no_intent_shows
    def refuse(self) -> None:
        today = self.tenant.today()
        self.write(cash.refuse, self.answers.waiting, by=self.caller_id, today=today)

    def refused(self) -> End:
        return End(_("Not confirmed. Nothing was posted."))
