"""A member pays into a savings group from the wallet, or else by mobile money."""

from core.money.operations import Quote
from core.money.purposes import Payee
from core.payments import wallets
from core.payments.messages import DialToPay
from core.payments.own_payment import EXPECTED_H, expect_own_payment
from core.payments.payments import COLLECTION
from core.payments.wallets import Wallet
from core.savings import contributions, groups
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from core.savings.contributions import Contributed
from engine.fees import fee_text
from flows.payments.choosing import Way, dial_text, none_answers, ways_of
from flows.payments.steps import WalletOrPhoneSteps
from menus.screens import Ask, End, Menu, Option
from menus.texts import Text, _
from values.money import Money


class Contribute(WalletOrPhoneSteps[Contributed]):
    """group -> amount -> confirm with name, amount, fee and total -> PIN -> paid.

    Where the wallet has too little and the tenant takes mobile money: PIN -> provider -> asked for.
    The session ends there, since the network asks on the phone only when it is in no session. A
    member who would rather pay by the network's own menu reads what to dial.
    """

    name = "contribute"
    operation = contributions.CONTRIBUTE
    initial = "group"
    resumable = frozenset({"group", "amount", "confirm"})
    transitions = [
        {"trigger": "answer", "source": "group", "dest": "amount", "before": "check_group"},
        ["answer", "amount", "confirm"],
        *WalletOrPhoneSteps.question_steps,
        {"trigger": "answer", "source": "pin", "dest": "way", "conditions": "is_short"},
        ["answer", "pin", "paid"],
        {
            "trigger": "answer", "source": "way", "dest": "dial",
            "conditions": "is_dialled", "before": "expect",
        },
        {"trigger": "answer", "source": "way", "dest": "asked", "before": "ask_phone"},
    ]  # fmt: skip

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

    def way(self) -> Menu | End:
        ours = wallets.of_tenant(self.tenant)
        away = self.read(wallets.away, COLLECTION)
        options = ways_of(ours, away, self.answers.amount)
        if not options:
            return End(none_answers(ours))
        return Menu(self.too_little(), options)

    def wallet_asked(self) -> Wallet:
        return self.answers.way.wallet

    def is_dialled(self) -> bool:
        return self.answers.way.is_dialled

    def expect(self) -> None:
        group = self.answers.group
        told = self.write(
            expect_own_payment,
            wallet=self.answers.way.wallet,
            payee=Payee(ARRIVED_CONTRIBUTION.name, self.caller_id, group.id),
            what=group.name,
            intent_id=self.intent_id,
        )
        self.answers.reference = told.reference

    def dial(self) -> End:
        amount, group = self.answers.amount, self.answers.group
        code, reference = self.answers.way.wallet.dialled(amount), self.answers.reference
        return End(dial_text(DialToPay(code, EXPECTED_H, amount, group.name, reference)))

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
