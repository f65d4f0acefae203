"""A member repays a loan, from the wallet or else by mobile money."""

import uuid

from core.loans import loans, repaying
from core.loans.loans import Loan
from core.loans.repaying import REPAY_LOAN, Repaid
from core.loans.replay import Replayed
from core.money.operations import Quote
from core.payments.wallets import Wallet
from flows.payments.owed import ALL, OTHER, OwedSteps
from menus.screens import End, Menu, Option
from menus.texts import Text, _
from values.money import Money

INSTALMENT = "instalment"


class RepayLoan(OwedSteps[Repaid]):
    """PIN -> loan -> instalment, all or another amount -> confirm -> paid."""

    name = "loan_repay"
    operation = REPAY_LOAN
    transitions = [
        ["answer", "pin", "loan"],
        ["answer", "loan", "how"],
        *OwedSteps.how_steps,
    ]

    class Answers:
        loan: uuid.UUID
        amount: Money
        way: Wallet
        amount_minor: int = 0
        settles: bool = False

    answers: Answers

    def loan(self) -> Menu | End:
        found = self.read(loans.owed_by, self.caller_id)
        if not found:
            return End(_("You have no loan to repay."))
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

    def _standing(self, loan: Loan) -> Replayed:
        return self.read(loans.standing, loan, self.tenant.today())

    def how(self) -> Menu:
        loan = self._loan()
        standing = self._standing(loan)
        whole = loan.money(standing.settled_for_minor(loan.terms))
        options = [Option(2, _("All: {amount}", amount=whole), ALL), Option(3, _("Other"), OTHER)]
        due_minor = _next_minor(standing)
        if due_minor < whole.amount_minor:
            due = loan.money(due_minor)
            options.insert(0, Option(1, _("Instalment: {amount}", amount=due), INSTALMENT))
        return Menu(_("Repay how much?"), tuple(options))

    def owed(self) -> Money:
        loan = self._loan()
        return loan.money(self._standing(loan).settled_for_minor(loan.terms))

    def take_known(self) -> None:
        loan = self._loan()
        standing = self._standing(loan)
        self.answers.settles = self.given == ALL
        self.answers.amount_minor = (
            standing.settled_for_minor(loan.terms)
            if self.answers.settles
            else _next_minor(standing)
        )

    def take_typed(self) -> None:
        super().take_typed()
        self.answers.settles = self.answers.amount == self.owed()

    def quote(self) -> Quote:
        loan = self._loan()
        amount = loan.money(self.answers.amount_minor)
        return repaying.quote(loan, amount, settles=self.answers.settles)

    def question(self) -> Text:
        return _("Repay your loan in {group}?", group=self._loan().group)

    def receipt_text(self, receipt: Repaid) -> Text:
        return _(
            "Repaid {amount} of your loan in {group}. Ref {reference}.",
            amount=receipt.amount,
            group=receipt.group,
            reference=receipt.reference,
        )

    def paid_text(self, receipt: Repaid) -> Text:
        paid = self.receipt_text(receipt)
        if receipt.owed is None:
            return paid
        return _("{receipt} Still to repay {owed}.", receipt=paid, owed=receipt.owed)


def _next_minor(standing: Replayed) -> int:
    """What is overdue and due today; else the next instalment."""
    following = standing.next
    return standing.due_now_minor or (following.open_minor if following else 0)
