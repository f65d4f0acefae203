"""A member pays into a savings group from the wallet, or else by mobile money."""

from core.money.operations import Quote
from core.money.purposes import Payee
from core.savings import contributions, groups
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from core.savings.contributions import Contributed
from engine.fees import fee_text
from flows.payments.choosing import Way
from flows.payments.dialling import WalletPhoneOrDialSteps
from menus.screens import Ask, End, Menu, Option
from menus.texts import Text, _
from values.money import Money


class Contribute(WalletPhoneOrDialSteps[Contributed]):
    """group -> amount -> confirm -> PIN -> paid, or by mobile money where the wallet is short."""

    name = "contribute"
    operation = contributions.CONTRIBUTE
    initial = "group"
    resumable = frozenset({"group", "amount", "confirm"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "amount", "before": "check_group"},
        ["answer", "amount", "confirm"],
        *WalletPhoneOrDialSteps.transitions,
    ]

    class Answers:
        group: groups.Membership
        amount: Money
        way: Way
        reference: str = ""

    answers: Answers

    def group(self) -> Menu | End:
        mine = self.single_read(groups.of_member, self.caller_id)
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

    def paid_to(self) -> tuple[Payee, str]:
        group = self.answers.group
        return Payee(ARRIVED_CONTRIBUTION.name, self.caller_id, group.id), group.name

    def receipt_text(self, receipt: Contributed) -> Text:
        return _(
            "Saved {amount} in {group}, {fee}. Ref {reference}.",
            amount=receipt.amount, group=receipt.group, fee=fee_text(receipt.fee),
            reference=receipt.reference,
        )  # fmt: skip

    def paid_text(self, receipt: Contributed) -> Text:
        paid = self.receipt_text(receipt)
        if receipt.balance is None:
            return paid
        return _("{receipt} New balance {balance}.", receipt=paid, balance=receipt.balance)
