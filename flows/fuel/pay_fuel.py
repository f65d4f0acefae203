"""A customer agrees to the litres that an attendant entered, and says how they pay."""

from core.fuel import sale_payment, sales
from core.fuel.sale_payment import Bought
from core.fuel.sales import Sale
from core.money.operations import Quote
from core.payments.wallets import Wallet
from engine.fees import fee_text
from engine.flow_map import changes_what_no_intent_shows
from flows.payments.steps import WalletOrPhoneSteps
from menus.screens import End, Menu, Option
from menus.texts import Text, _
from values.money import Money

PHONE, CASH, POINTS, WRONG = "phone", "cash", "points", "wrong"


class PayFuel(WalletOrPhoneSteps[Bought]):
    """the litres -> by phone: confirm -> PIN -> paid, or mobile money; in cash; with points first;
    or they are wrong."""

    name = "pay_fuel"
    operation = sale_payment.FUEL_SALE
    initial = "sale"
    resumable = frozenset({"sale", "confirm"})
    transitions = [
        {"trigger": "answer", "source": "sale", "dest": "sale", "conditions": "wants_points",
         "before": "use_points"},
        {"trigger": "answer", "source": "sale", "dest": "in_cash", "conditions": "pays_cash",
         "before": "pay_cash"},
        {"trigger": "answer", "source": "sale", "dest": "refused", "conditions": "is_wrong",
         "before": "refuse"},
        ["answer", "sale", "confirm"],
        *WalletOrPhoneSteps.transitions,
    ]  # fmt: skip

    class Answers:
        way: Wallet
        shown: Sale | None = None
        points: int = 0
        discount_minor: int = 0

    answers: Answers

    def sale(self) -> Menu | End:
        sale = self.read(sales.waiting_for, self.caller_id)
        if sale is None:
            return End(_("No fuel waits for you. The attendant enters your number first."))
        if self.answers.shown is None or self.answers.shown.id != sale.id:
            self.answers.points = self.answers.discount_minor = 0
        self.answers.shown = sale
        options = [Option(1, _("Yes, pay by phone"), PHONE), Option(2, _("Yes, pay cash"), CASH)]
        count, worth = self._worth(sale)
        if count and not self.answers.points:
            use = _("Use {points} points: -{amount}", points=count, amount=worth)
            options.append(Option(3, use, POINTS))
        options.append(Option(4, _("No, it is wrong"), WRONG))
        return Menu(
            _(
                "{station}: {volume} {product}, {amount}. Is that right?",
                station=sale.station,
                volume=sale.volume,
                product=sale.product_name,
                amount=self.money(sale.amount.amount_minor - self.answers.discount_minor),
            ),
            tuple(options),
        )

    def _worth(self, sale: Sale) -> tuple[int, Money]:
        return self.read(sale_payment.worth, sale, self.tenant.today())

    @property
    def _sale(self) -> Sale:
        assert self.answers.shown is not None, "it was shown"
        return self.answers.shown

    def wants_points(self) -> bool:
        return bool(self.given == POINTS)

    def use_points(self) -> None:
        count, worth = self._worth(self._sale)
        self.answers.points, self.answers.discount_minor = count, worth.amount_minor

    def pays_cash(self) -> bool:
        return bool(self.given == CASH)

    @changes_what_no_intent_shows
    def pay_cash(self) -> None:
        self.keep(
            self.write(
                sale_payment.pay_in_cash,
                self.context.keys,
                self.tenant,
                sale_id=self._sale.id,
                customer_id=self.caller_id,
                points_used=self.answers.points,
                discount_minor=self.answers.discount_minor,
            )
        )

    def in_cash(self) -> End:
        bought = self.kept()
        return End(
            _(
                "Pay {amount} to the attendant. Points: +{points}. Ref {reference}.",
                amount=bought.amount,
                points=bought.points,
                reference=bought.reference,
            )
        )

    def is_wrong(self) -> bool:
        return bool(self.given == WRONG)

    @changes_what_no_intent_shows
    def refuse(self) -> None:
        self.write(
            sales.refuse, self.context.keys, sale_id=self._sale.id, customer_id=self.caller_id
        )

    def refused(self) -> End:
        return End(_("Nothing was paid. The attendant is told: look at the pump together."))

    def quote(self) -> Quote:
        return self.operation.quote(
            self.tenant,
            self._sale,
            customer=self.caller.name,
            points_used=self.answers.points,
            discount=self.money(self.answers.discount_minor),
        )

    def question(self) -> Text:
        sale = self._sale
        return _("Pay {volume} {product}?", volume=sale.volume, product=sale.product_name)

    def receipt_text(self, receipt: Bought) -> Text:
        return _(
            "{volume} {product}, {amount} paid, {fee}. Points: +{points}. Ref {reference}.",
            volume=receipt.volume,
            product=receipt.product,
            amount=receipt.amount,
            fee=fee_text(receipt.fee),
            points=receipt.points,
            reference=receipt.reference,
        )
