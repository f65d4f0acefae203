"""An attendant enters a sale for a customer's phone."""

from core.fuel import meters, sales
from core.fuel.sales import Buyer, OnSale
from core.people import people
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.agents import choosing
from menus import sentences
from menus.answers import Amount, Phone
from menus.fractions import Fraction
from menus.screens import Ask, Confirm, End, Fact, Menu, Option
from menus.texts import _
from values.money import Money

BY_LITRES, BY_AMOUNT = "litres", "amount"


class SellFuel(Flow):
    """customer -> which product of the pump's -> litres or an amount -> sure? -> the customer is
    asked on their own phone."""

    name = "sell_fuel"
    initial = "customer"
    transitions = [
        {"trigger": "answer", "source": "customer", "dest": "person", "prepare": "look_up",
         "conditions": "is_several"},
        {"trigger": "answer", "source": "customer", "dest": "measure", "conditions": "is_one"},
        ["answer", "customer", "product"],
        ["answer", "person", "product"],
        ["answer", "product", "measure"],
        {"trigger": "answer", "source": "measure", "dest": "litres", "conditions": "by_litres"},
        ["answer", "measure", "amount"],
        {"trigger": "answer", "source": "litres", "dest": "sure", "before": "reckon_amount"},
        {"trigger": "answer", "source": "amount", "dest": "sure", "before": "reckon_volume"},
        {"trigger": "answer", "source": "sure", "dest": "sent", "conditions": "yes",
         "before": "offer"},
        ["answer", "sure", "kept"],
    ]  # fmt: skip

    class Answers:
        """The customer's number is not kept: from the look-up on they are an id."""

        person: Buyer
        litres: str
        amount: Money
        product: OnSale | None = None
        found: tuple[Buyer, ...] = ()
        volume_cl: int = 0

    answers: Answers

    def customer(self) -> Ask:
        self._on_sale()
        return Ask(_("Customer's phone number?"), Phone(self.tenant.country))

    def _on_sale(self) -> tuple[OnSale, ...]:
        """Raises NoShift, NoFuelPrice."""
        return self.read(sales.on_sale, self.caller_id)

    def look_up(self) -> None:
        """Before the conditions of `customer`: who has this number?"""
        found = self.read(people.identify, self.context.keys, self.given)
        self.answers.found = sales.buyers_among(found, self.caller_id)
        self.answers.person = self.answers.found[0]

    def is_several(self) -> bool:
        return len(self.answers.found) > 1

    def person(self) -> Menu:
        return choosing.menu_of(self.answers.found)

    def is_one(self) -> bool:
        return len(self._on_sale()) == 1

    def product(self) -> Menu:
        options = (
            Option(key, _("{product}, {price}", product=one.name, price=one.price), one)
            for key, one in enumerate(self._on_sale(), 1)
        )
        return Menu(_("What did {customer} get?", customer=self._customer), tuple(options))

    @property
    def _customer(self) -> str:
        return self.answers.person.name

    @property
    def _what(self) -> OnSale:
        return self.answers.product or self._on_sale()[0]

    def measure(self) -> Menu:
        by_volume = _("By litres") if self._what.unit == "litre" else _("By kilograms")
        options = (Option(1, by_volume, BY_LITRES), Option(2, _("By amount"), BY_AMOUNT))
        return Menu(
            _("{product} for {customer}:", product=self._what.name, customer=self._customer),
            options,
        )

    def by_litres(self) -> bool:
        return bool(self.given == BY_LITRES)

    def litres(self) -> Ask:
        what = _("How many litres?") if self._what.unit == "litre" else _("How many kilograms?")
        return Ask(what, Fraction(decimals=2, maximum=sales.LITRES_MAXIMUM))

    def reckon_amount(self) -> None:
        self.answers.volume_cl = meters.centilitres(self.given)
        self.answers.amount = self._what.amount(self.answers.volume_cl)

    def amount(self) -> Ask:
        least, most = self._what.price, self._what.amount(sales.LITRES_MAXIMUM * meters.CENTILITRES)
        return Ask(_("For how much?"), Amount(self.currency, least.amount_minor, most.amount_minor))

    def reckon_volume(self) -> None:
        self.answers.volume_cl = self._what.volume_cl(self.given)

    def sure(self) -> Confirm:
        what = self._what
        facts = (
            Fact(what.name, sales.in_words(self.answers.volume_cl, what.unit)),
            Fact(sentences.AMOUNT, self.answers.amount),
        )
        return Confirm(_("Ask {customer} to pay?", customer=self._customer), facts)

    @changes_what_no_intent_shows
    def offer(self) -> None:
        self.write(
            sales.offer,
            attendant_id=self.caller_id,
            customer_id=self.answers.person.id,
            product=self._what.product,
            volume_cl=self.answers.volume_cl,
            amount=self.answers.amount,
        )

    def sent(self) -> End:
        return End(
            _(
                "{customer} is asked on their own phone. We text you when they have answered.",
                customer=self._customer,
            )
        )

    def kept(self) -> End:
        return End(sentences.CANCELLED)
