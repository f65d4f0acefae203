"""A member pays into a savings group from the wallet."""

from core.money.operations import Quote
from core.savings import contributions, groups
from core.savings.contributions import Contributed
from engine.fees import fee_text
from engine.payment import PaymentSteps
from menus.screens import Ask, End, Menu, Option
from menus.texts import Text, _
from values.money import Money


class Contribute(PaymentSteps[Contributed]):
    """group -> amount -> confirm with name, amount, fee and total -> PIN -> paid."""

    name = "contribute"
    operation = contributions.CONTRIBUTE
    initial = "group"
    resumable = frozenset({"group", "amount", "confirm"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "amount", "before": "check_group"},
        ["answer", "amount", "confirm"],
        *PaymentSteps.transitions,
    ]  # fmt: skip

    class Answers:
        group: groups.Membership
        amount: Money

    answers: Answers

    def group(self) -> Menu | End:
        mine = self.read(groups.of_member, self.caller_id)
        if not mine:
            return End(_("You are in no group yet. Ask a group's secretary to add you."))
        options = (Option(group.number, group.name, group.membership, group.code) for group in mine)
        return Menu(_("Save in which group?"), tuple(options))

    def check_group(self) -> None:
        self.operation.require_open(self.answers.group)

    def amount(self) -> Ask:
        prompt = _("How much for {group}?", group=self.answers.group.name)
        return Ask(prompt, self.amount_in_limits())

    def quote(self) -> Quote:
        return self.operation.quote(self.tenant, self.answers.group, self.answers.amount)

    def question(self) -> Text:
        return _("Save in {group}?", group=self.answers.group.name)

    def receipt_text(self, receipt: Contributed) -> Text:
        return _(
            "Saved {amount} in {group}, {fee}. Ref {reference}.",
            amount=receipt.amount,
            group=receipt.group,
            fee=fee_text(receipt.fee),
            reference=receipt.reference,
        )

    def paid_text(self, receipt: Contributed) -> Text:
        paid = self.receipt_text(receipt)
        if receipt.balance is None:
            return paid
        return _("{receipt} New balance {balance}.", receipt=paid, balance=receipt.balance)
