"""An agent tops up a customer: sold at once, or held until the customer approves."""

import uuid

from core.agents import agents, sales, topups
from core.agents.sales import Customer, Sold
from core.money.operations import Quote
from core.people import people
from engine.payment import PaymentSteps
from flows.agents import choosing
from flows.agents.sale_code import ApprovedByCode
from menus.answers import Phone
from menus.screens import Ask, Menu
from menus.texts import Text, _
from values.money import Money


class TopUp(ApprovedByCode, PaymentSteps[Sold]):
    """customer -> name shown -> amount -> confirm with name, amount and fee -> the agent's PIN ->
    paid; or, above what the tenant allows a customer a day without approving it, held."""

    name = "topup"
    operation = topups.TOPUP
    initial = "customer"
    resumable = frozenset({"customer", "amount", "confirm"})
    transitions = [
        {"trigger": "answer", "source": "customer", "dest": "person", "prepare": "look_up",
         "conditions": "several"},
        ["answer", "customer", "amount"],
        ["answer", "person", "amount"],
        ["answer", "amount", "confirm"],
        *PaymentSteps.question_steps,
        {"trigger": "answer", "source": "pin", "dest": "code", "conditions": "needs_approval",
         "before": "hold"},
        {"trigger": "answer", "source": "pin", "dest": "paid", "before": "pay"},
        {"trigger": "answer", "source": "code", "dest": "paid", "before": "take_code"},
    ]  # fmt: skip

    class Answers:
        """The customer's number is not kept: from the look-up on they are an id."""

        person: Customer
        amount: Money
        found: tuple[Customer, ...] = ()
        level: str = ""
        held: bool = False

    answers: Answers

    def customer(self) -> Ask:
        return Ask(_("Customer's phone number?"), Phone(self.tenant.country))

    def look_up(self) -> None:
        """Before the conditions of `customer`: who has this number?"""
        sales.require_other_number(self.given, self.context.address)
        self.answers.level = self.read(agents.get, self.caller_id).level
        # Counted whatever comes of it: a number that nobody has is something learnt, too.
        self.context.autonomous(agents.count_lookup, self.caller_id)
        found = self.read(people.identify, self.context.keys, self.given)
        self.answers.found = sales.customers_among(found, self.caller_id)
        self.answers.person = self.answers.found[0]

    def several(self) -> bool:
        return len(self.answers.found) > 1

    def person(self) -> Menu:
        return choosing.menu_of(self.answers.found)

    def amount(self) -> Ask:
        prompt = _("How much for {customer}?", customer=self.answers.person.name)
        return Ask(prompt, self.amount_in_limits(self.answers.level))

    def quote(self) -> Quote:
        customer = self.answers.person
        quote = self.operation.quote(
            self.tenant,
            agent=self.read(agents.get, self.caller_id),
            agent_name=self.caller.name,
            customer=customer,
            amount=self.answers.amount,
            customer_today=self.read(sales.customer_today, customer.id, self.tenant),
        )
        self.answers.held = quote.needs_approval
        return quote

    def question(self) -> Text:
        customer = self.answers.person.name
        # Of a duplicate it was said a moment ago, and the page is full.
        if self.answers.held and self.payment.duplicate_age_s is None:
            return _("Deposit for {customer}? They must agree first.", customer=customer)
        return _("Deposit for {customer}?", customer=customer)

    def needs_approval(self) -> bool:
        return self.answers.held

    def hold(self) -> None:
        held = self.write(
            self.operation.hold,
            tenant=self.tenant,
            intent_id=self.intent_id,
            subscriber_id=self.caller_id,
        )
        if isinstance(held, uuid.UUID):
            self.take_up(held)
        else:
            self.keep(held)
