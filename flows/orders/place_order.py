"""A shop orders goods: what it ordered last, by codes, or by category; priced, then ordered."""

import uuid
from collections.abc import Sequence

from core.orders import placing, shopping
from core.orders.credit import accounts
from core.orders.errors import NothingToRepeat, QuoteExpired
from core.orders.quotes import Quote
from core.orders.shopping import LINES_MAXIMUM, UNITS_MAXIMUM, Item, Sold
from core.pricing.basket import Priced
from core.pricing.rules import Stage
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.orders.words import items_text
from menus.answers import Number
from menus.screens import Ask, Confirm, End, Fact, Info, Menu, Option, Pin
from menus.texts import Local, Text, _
from menus.words import Words
from values.money import Money

REPEAT, CODE, CATEGORY = "repeat", "code", "category"
ADD, WHY, EMPTY = "add", "why", "empty"


class PlaceOrder(Flow):
    """repeat, code or category -> basket with its price -> cash, or wallet and PIN -> ordered."""

    name = "place_order"
    initial = "start"
    resumable = frozenset({"start", "code", "found", "category", "product", "quantity", "pay"})
    transitions = [
        {"trigger": "answer", "source": "start", "dest": "pay", "conditions": "repeats",
         "before": "repeat_last"},
        {"trigger": "answer", "source": "start", "dest": "code", "conditions": "has_code"},
        {"trigger": "answer", "source": "start", "dest": "start", "conditions": "empties",
         "before": "empty"},
        ["answer", "start", "category"],
        {"trigger": "answer", "source": "code", "dest": "pay", "prepare": "look_for",
         "conditions": "is_line"},
        {"trigger": "answer", "source": "code", "dest": "quantity", "conditions": "is_one"},
        ["answer", "code", "found"],
        {"trigger": "answer", "source": "found", "dest": "quantity", "before": "choose"},
        ["answer", "category", "product"],
        {"trigger": "answer", "source": "product", "dest": "quantity", "before": "choose"},
        {"trigger": "answer", "source": "quantity", "dest": "pay", "before": "add"},
        {"trigger": "answer", "source": "pay", "dest": "confirm", "conditions": "by_wallet"},
        {"trigger": "answer", "source": "pay", "dest": "ordered", "conditions": "by_cash",
         "before": "order_for_cash"},
        {"trigger": "answer", "source": "pay", "dest": "confirm", "conditions": "by_credit"},
        {"trigger": "answer", "source": "pay", "dest": "why", "conditions": "asks_why"},
        ["answer", "pay", "start"],
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        ["answer", "confirm", "pay"],
        {"trigger": "answer", "source": "pin", "dest": "ordered", "before": "order_by_pin"},
    ]  # fmt: skip

    class Answers:
        category: str
        basket: tuple[Item, ...] = ()
        chosen: str = ""
        matches: tuple[str, ...] = ()
        written: str = ""
        quote: str = ""
        payment: str = placing.WALLET
        reference: str = ""

    answers: Answers

    @classmethod
    def read_line(cls, words: Sequence[str]) -> Sequence[str]:
        """ORDER OIL1 5 SOAP 2: the whole line is one answer."""
        return [CODE, " ".join(words)] if words else []

    # -- what is wanted ----------------------------------------------------------------------------

    def start(self) -> Menu:
        options = [
            Option(2, _("Product code or name"), CODE, CODE),
            Option(3, _("Categories"), CATEGORY, CATEGORY),
        ]
        basket = self.answers.basket
        if basket:
            options.append(Option(4, _("Empty the basket"), EMPTY))
            return Menu(_("In the basket: {items}", items=_items(basket)), tuple(options))
        last = self._last()
        if last:
            label = _("Repeat last: {items}", items=_items(last))
            options.insert(0, Option(1, label, REPEAT, REPEAT))
        return Menu(_("Order goods"), tuple(options))

    def _last(self) -> tuple[Item, ...]:
        try:
            return self.read(shopping.last_basket, self.caller_id)
        except NothingToRepeat:
            return ()

    def repeats(self) -> bool:
        return bool(self.given == REPEAT)

    def repeat_last(self) -> None:
        self.answers.basket = self.read(shopping.last_basket, self.caller_id)
        self.answers.quote = ""

    def has_code(self) -> bool:
        return bool(self.given == CODE)

    def code(self) -> Ask:
        return Ask(
            _("Code or part of the name. Or codes with quantities: OIL1 5 SOAP 2"),
            Words(minimum_letters=1),
        )

    def look_for(self) -> None:
        """What was typed: a basket in a line, or a product."""
        line = self.read(shopping.read_line, self.given)
        for item in line:
            self._put(item)
        self.answers.written = "line" if line else ""
        if not line:
            found = self.read(shopping.find, self.caller_id, self.given)
            self.answers.matches = tuple(one.code for one in found)
            self.answers.chosen = found[0].code

    def is_line(self) -> bool:
        return bool(self.answers.written)

    def is_one(self) -> bool:
        return len(self.answers.matches) == 1

    def found(self) -> Menu:
        products = [self.read(shopping.product, code) for code in self.answers.matches]
        return Menu(_("Which one?"), _options(products))

    def category(self) -> Menu | End:
        found = self.read(shopping.categories)
        if not found:
            return End(_("Nothing is sold here yet."))
        options = (
            Option(key, name.replace("_", " ").capitalize(), name)
            for key, name in enumerate(found, start=1)
        )
        return Menu(_("Which category?"), tuple(options))

    def product(self) -> Menu:
        found = self.read(shopping.in_category, self.caller_id, self.answers.category)
        return Menu(_("Which product?"), _options(found))

    def choose(self) -> None:
        self.answers.chosen = self.given

    def quantity(self) -> Ask:
        chosen = self.read(shopping.product, self.answers.chosen)
        prompt = _(
            "{product}. How many? ({unit})", product=Local(chosen.names), unit=Local(chosen.units)
        )
        return Ask(prompt, Number(1, UNITS_MAXIMUM))

    def add(self) -> None:
        self._put(Item(self.answers.chosen, self.given))

    def _put(self, wanted: Item) -> None:
        """Into the basket; another quantity of the same product takes the place of the first."""
        others = tuple(one for one in self.answers.basket if one.product != wanted.product)
        self.answers.basket = (*others, wanted)[-LINES_MAXIMUM:]
        self.answers.quote = self.answers.chosen = self.answers.written = ""
        self.answers.matches = ()

    # -- what it costs -----------------------------------------------------------------------------

    def _quote(self) -> Quote:
        """The promised price of the basket as it is: the same while it holds."""
        if self.answers.quote:
            try:
                return self.read(shopping.promised, uuid.UUID(self.answers.quote), self.caller_id)
            except QuoteExpired:
                pass
        quote = self.write(
            shopping.promise,
            self.caller_id,
            self.answers.basket,
            zone=self.tenant.zone,
            channel=self.context.service.channel,
        )
        self.answers.quote = str(quote.id)
        return quote

    def pay(self) -> Menu:
        priced = self._quote().priced
        total = self.money(priced.total_minor)
        title: Text = _("{items}. Total {total}", items=_items(self.answers.basket), total=total)
        if priced.discount_minor > 0:
            title = _(
                "{items}. Total {total}, {discount} off",
                items=_items(self.answers.basket),
                total=total,
                discount=self.money(priced.discount_minor),
            )
        options = [
            Option(1, _("Pay cash when it comes"), placing.CASH),
            Option(2, _("Pay from wallet"), placing.WALLET),
            Option(3, _("Add goods"), ADD),
            Option(4, _("Why this price?"), WHY),
        ]
        credit = self.read(accounts.usable, self.caller_id)
        if credit is not None:
            label = _("On credit ({free} free)", free=credit.free)
            options.append(Option(5, label, accounts.CREDIT))
        return Menu(title, tuple(options))

    def by_wallet(self) -> bool:
        return self._pays_by(placing.WALLET)

    def by_credit(self) -> bool:
        return self._pays_by(accounts.CREDIT)

    def _pays_by(self, payment: str) -> bool:
        """Whether they chose it; then it is what the PIN is asked for."""
        if self.given != payment:
            return False
        self.answers.payment = payment
        return True

    def by_cash(self) -> bool:
        return bool(self.given == placing.CASH)

    def asks_why(self) -> bool:
        return bool(self.given == WHY)

    def empties(self) -> bool:
        return bool(self.given == EMPTY)

    def empty(self) -> None:
        self.answers.basket = ()
        self.answers.quote = ""

    def why(self) -> Info:
        return Info(_explained(self._quote().priced, self.currency))

    # -- the order ---------------------------------------------------------------------------------

    def confirm(self) -> Confirm:
        total = self.money(self._quote().priced.total_minor)
        items = _items(self.answers.basket)
        question = _("Order {items} from your wallet?", items=items)
        if self.answers.payment == accounts.CREDIT:
            question = _("Order {items} on credit?", items=items)
        return Confirm(question, (Fact(_("Total"), total),))

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def order_for_cash(self) -> None:
        self._order(placing.CASH)

    @changes_what_no_intent_shows
    def order_by_pin(self) -> None:
        self._order(self.answers.payment)

    def _order(self, payment: str) -> None:
        order = self.write(
            shopping.buy,
            uuid.UUID(self.answers.quote),
            self.caller_id,
            payment=payment,
            channel=self.context.service.channel,
        )
        self.answers.reference = order.reference
        self.remember(self._ordered())

    def _ordered(self) -> Text:
        return _(
            "Order {reference} is confirmed. You hear when it comes.",
            reference=self.answers.reference,
        )

    def ordered(self) -> End:
        return End(self._ordered())


def _options(products: Sequence[Sold]) -> tuple[Option, ...]:
    return tuple(
        Option(key, Local(one.names), one.code, one.code)
        for key, one in enumerate(products, start=1)
    )


def _items(basket: Sequence[Item]) -> str:
    return items_text([(one.quantity, one.product) for one in basket])


def _explained(priced: Priced, currency: str) -> Text:
    """The list price, what each rule made of it, and the total."""
    changes: dict[str, int] = {}
    for line in priced.lines:
        for one in (step for step in line.steps if step.stage is not Stage.LIST):
            changes[one.rule] = changes.get(one.rule, 0) + one.after_minor - one.before_minor
    text: Text = _("List price {amount}", amount=Money(priced.list_minor, currency))
    for rule, minor in changes.items():
        amount = Money(abs(minor), currency)
        if minor < 0:
            text = _("{before}\n{rule}: {amount} less", before=text, rule=rule, amount=amount)
        elif minor > 0:
            text = _("{before}\n{rule}: {amount} more", before=text, rule=rule, amount=amount)
    return _(
        "{before}\nTax {tax}. Total {total}",
        before=text,
        tax=Money(priced.tax_minor, currency),
        total=Money(priced.total_minor, currency),
    )
