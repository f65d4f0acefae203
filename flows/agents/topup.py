"""An agent tops up a customer: sold at once, or held until the customer approves."""

import uuid

from core.agents import agents, topups
from core.agents.errors import CustomerBlocked, CustomerUnknown, OwnNumber
from core.money import intents
from core.money.errors import FrozenAccount, IntentExpired
from core.people import people
from engine.fees import facts_of
from engine.flow import Flow
from engine.recent_duplicate import asked_again
from flows.agents.sale_code import ApprovedByCode
from menus import sentences
from menus.answers import Amount, Phone
from menus.screens import Ask, Confirm, End, Menu, Option, Pin
from menus.texts import _
from values.ids import reference_of

OPERATION = topups.OPERATION
MINIMUM_MINOR = 100
MAXIMUM_MINOR = 500_000
NO_LIMIT_MINOR = 10**12


class TopUp(ApprovedByCode, Flow):
    """customer -> name shown -> amount -> confirm with name, amount and fee -> the agent's PIN ->
    sold; or, above what the tenant allows a customer a day without approving it, held."""

    name = "topup"
    initial = "customer"
    resumable = frozenset({"customer", "amount"})
    transitions = [
        {"trigger": "answer", "source": "customer", "dest": "person", "prepare": "look_up",
         "conditions": "several"},
        ["answer", "customer", "amount"],
        ["answer", "person", "amount"],
        ["answer", "amount", "confirm"],
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        {"trigger": "answer", "source": "confirm", "dest": "cancelled", "before": "give_up"},
        {"trigger": "answer", "source": "pin", "dest": "code", "conditions": "needs_approval",
         "before": "hold"},
        {"trigger": "answer", "source": "pin", "dest": "sold", "before": "sell"},
        {"trigger": "answer", "source": "code", "dest": "sold", "before": "take_code"},
    ]  # fmt: skip

    def customer(self) -> Ask:
        return Ask(_("Customer's phone number?"), Phone(self.context.tenant.country))

    def look_up(self) -> None:
        """Before the conditions of `customer`: who has this number?"""
        # The number itself is not kept: from here on the customer is an id.
        del self.data["customer"]
        if self.given == self.context.address:
            raise OwnNumber
        self.data["level"] = self.read(agents.get, self.caller_id).level
        # Counted whatever comes of it: a number that nobody has is something learnt, too.
        self.context.autonomous(agents.count_lookup, self.caller_id)
        found = self.read(people.identify, self.context.keys, self.given)
        if not found:
            raise CustomerUnknown
        others = [person for person in found if person.id != self.caller_id]
        if not others:
            raise OwnNumber
        active = [person for person in others if not person.frozen]
        if not active:
            raise CustomerBlocked
        self.data["found"] = [[str(person.id), person.shown_name] for person in active]
        self.data["person"] = self.data["found"][0]

    def several(self) -> bool:
        return len(self.data["found"]) > 1

    def person(self) -> Menu:
        options = (
            Option(number, found[1], found)
            for number, found in enumerate(self.data["found"], start=1)
        )
        return Menu(_("Several people have this number. Choose the name."), tuple(options))

    def amount(self) -> Ask:
        least = self._limit_minor("minimum", MINIMUM_MINOR)
        most = self._limit_minor("maximum", MAXIMUM_MINOR)
        return Ask(
            _("How much for {customer}?", customer=self.data["person"][1]),
            Amount(self.currency, least, most),
        )

    def confirm(self) -> Confirm:
        customer_id, name = self.data["person"]
        amount_minor = self.data["amount"]
        tenant = self.context.tenant
        agent = self.read(agents.get, self.caller_id)
        self.data["level"] = agent.level
        fee_minor = tenant.fee_minor(OPERATION, amount_minor, level=agent.level)
        if fee_minor >= amount_minor:  # other tables than when the amount was typed
            raise IntentExpired
        today_minor = self.read(
            topups.unapproved_today_minor, uuid.UUID(customer_id), tenant.today()
        )
        self.data["hold"] = today_minor + amount_minor > self._threshold_minor()
        same = self.quote(
            OPERATION,
            payee_id=uuid.UUID(customer_id),
            amount_minor=amount_minor,
            fee_minor=fee_minor,
            customer=name,
            agent=f"{self.caller.name} {agent.code}",
            float_low_minor=self._limit_minor("float_low", 0),
            day_limit_minor=self._limit_minor("day_maximum", 0),
        )
        question = _("Deposit for {customer}?", customer=name)
        if self.data["hold"] and same is None:  # a moment ago it was said, and the page is full
            question = _("Deposit for {customer}? They must agree first.", customer=name)
        return Confirm(
            asked_again(same, question),
            facts_of(
                self.money(amount_minor),
                self.money(fee_minor),
                sentences.ARRIVES,
                amount_minor - fee_minor,
            ),
        )

    def _threshold_minor(self) -> int:
        return self._limit_minor("approval_above_day", NO_LIMIT_MINOR)

    def _limit_minor(self, name: str, default: int) -> int:
        """A limit of agents of the caller's level."""
        if "level" not in self.data:  # asked by a release that knew no levels
            self.data["level"] = self.read(agents.get, self.caller_id).level
        return self.context.tenant.limit_minor(OPERATION, name, default, level=self.data["level"])

    def pin(self) -> Pin:
        return Pin()

    def needs_approval(self) -> bool:
        return bool(self.data["hold"])

    def hold(self) -> None:
        intent, ours = self.claim(pending=True)
        if ours:
            day = self.context.tenant.today()
            approval_id = self.write(topups.hold, intent=intent, day=day)
            self.data["approval"] = str(approval_id)
        elif intent.entry_id is not None:  # the customer was faster than a copy of this hop
            self.remember_sale(intent, reference_of(intent.entry_id))
        else:
            self.data["approval"] = str(self.read(topups.approval_of, intent))

    def sell(self) -> None:
        intent, ours = self.claim()
        assert intent.entry_id is not None
        if ours:
            day = self.context.tenant.today()
            unapproved = intents.Usage(
                intent.payee_id,
                topups.USAGE_UNAPPROVED,
                day,
                intent.amount_minor,
                self._threshold_minor(),
            )
            self.write(
                intents.count_usage,
                unapproved,
                *topups.usage_of_agent(intent, day),
                currency=intent.currency,
            )
            try:
                self.write(
                    topups.sell,
                    tenant_id=self.context.tenant.id,
                    intent=intent,
                    entry_id=intent.entry_id,
                )
            except FrozenAccount:
                raise self.whose_hold(intent.payee_id) from None
        self.remember_sale(intent, reference_of(intent.entry_id))

    def cancelled(self) -> End:
        return End(sentences.CANCELLED)
